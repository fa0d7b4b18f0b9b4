/** `{name}` is a placeholder; `${…}` is not, that is a reference of ours or a variable of the client's. */
const placeholder = /(?<!\$)\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g

export interface Expanded {
  readonly text: string
  /** Names of placeholders that had no value; they still stand in the text. */
  readonly unresolved: readonly string[]
}

export function placeholdersOf(template: string): readonly string[] {
  return [...new Set(Array.from(template.matchAll(placeholder), ([, name]) => name ?? ''))]
}

/** Fills a template in one pass: a value that itself looks like a placeholder comes out as it is, and is never filled in turn. */
export function expand(template: string, valueFor: (name: string) => string | undefined): Expanded {
  const unresolved = new Set<string>()
  const text = template.replace(placeholder, (match, name: string) => {
    const value = valueFor(name)
    if (value === undefined) unresolved.add(name)
    return value ?? match
  })
  return { text, unresolved: [...unresolved] }
}
