/** The path of a request target, in any of the forms of RFC 9112, section 3.2: without the query and without an authority. */
export function pathOf(target: string): string {
  const [path = ''] = target.split('?', 1)
  return path.startsWith('/') ? path : path.replace(/^[a-z]+:\/\/[^/]*/i, '')
}

/** A path for a sentence or a log line. */
export function shortPathOf(target: string): string {
  const path = pathOf(target)
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
