/** The names in an operation's path, in order. */
export function pathParameters({ path }: { readonly path: string }): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}
