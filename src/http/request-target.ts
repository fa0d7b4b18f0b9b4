/** The path of a request target, in any of the forms of RFC 9112, section 3.2: without the query and without an authority. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  return path.startsWith('/') ? path : path.replace(/^[a-z]+:\/\/[^/]*/i, '')
}

/** Whole segments only: no id that stands in a path has the length of a token. */
const tokenLike = /(?<=\/)[A-Za-z0-9_-]{43}(?=\/|$)/g

/** A path for a sentence or a log line, without a token that was pasted in place of its id. */
export function shortPathOf(target: string): string {
  const path = pathOf(target).replaceAll(tokenLike, '[redacted]')
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}
