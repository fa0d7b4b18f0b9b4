/**
 * Whether a text holds a secret as it stands: by what it is called, by the form of a known kind of token, by a password in a URL, or
 * since nothing but chance looks like it. A guess, hence no more than a warning.
 */
export function looksSecret(text: string, name = ''): boolean {
  const literal = toLiteral(text)
  return isNamed(name, literal) || holdsNamed(literal) || holdsToken(literal) || isRandom(literal)
}

/** More of a text than any secret needs; beyond it nobody waits for us. */
const inspectedLength = 16_384

/** Without references and the client's own variables, and without what stands in front of a token and is none. */
function toLiteral(text: string): string {
  const literal = text.slice(0, inspectedLength).replace(/\$\{[^{}]*\}/g, ' ')
  return literal.replace(/\b(?:bearer|basic|digest|token|api-?key)\s+/gi, '').trim()
}

const secretName =
  /(?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|(?:^|[_-])(?:pat|authorization|cookie))$/i

/** After the flag `--token` may come another flag. */
function isNamed(name: string, literal: string): boolean {
  const isNextFlag = name.startsWith('-') && literal.startsWith('-')
  return secretName.test(name) && isTelling(literal) && !isNextFlag
}

/** A switch is called what it switches: `DISABLE_TOKEN=true`. */
function isTelling(literal: string): boolean {
  return literal !== '' && !/^(?:true|false|\d)$/i.test(literal)
}

/** `name=value` and `name: value` in arguments, headers, query strings, connection strings and JSON. */
const pair = /(?<![\w.-])(?<name>[\w.-]+)["']?\s*[=:]\s*["']?(?<value>[^\s&;,"'{}]+)/g

/** In `scheme://user:password@host`, RFC 3986, section 3.2.1. */
const userinfo = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:[^\s/?#@]+@/i

function holdsNamed(literal: string): boolean {
  if (userinfo.test(literal)) return true
  return [...literal.matchAll(pair)].some(({ groups }) => isNamed(groups?.name ?? '', groups?.value ?? ''))
}

/** By the prefixes that their issuers gave them to be found by. */
const tokens = [
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_\\w{20,}',
  'gl(?:pat|ptt|dt|rt|cbt|soat)-[\\w-]{16,}',
  'sk-(?:[a-z0-9]+-)*\\w{20,}',
  '(?:sk|rk|pk|whsec)_(?:live|test)_\\w{10,}',
  'xox[a-z]-[\\w-]{10,}',
  'xapp-[\\w-]{10,}',
  '(?:AKIA|ASIA)[0-9A-Z]{16}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{16,}',
  'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  '(?:npm|hf|gsk|ntn|figd|lin_api|shpat|dop_v1|sbp|tskey|glsa|phc|pul)_\\w{20,}',
  '(?:pypi|pplx|xai|tvly|fc|nvapi|rnd)-(?:[a-z]+-)?\\w{16,}',
  'hv[sb]\\.[\\w-]{20,}',
  'sntry[su]_[\\w=-]{20,}',
]
const token = new RegExp(`(?<![\\w-])(?:${tokens.join('|')})`)

function holdsToken(literal: string): boolean {
  return token.test(literal) || /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(literal)
}

/** Digests are meant to be seen. Slashes end a run, since paths are long, too. */
const digest = /sha(?:256|384|512)[:-][\w+/=]+/gi
const run = /[\w+=-]{32,}/g

function isRandom(literal: string): boolean {
  const runs = literal.replace(digest, ' ').match(run) ?? []
  return runs.some((text) => bitsPerCharacter(text) >= leastBits(text))
}

/**
 * Random hex has 3.4 bits and more at this length, random base64 4.3. Words joined by hyphens come near, but hold few digits, and a
 * UUID, which mostly names something, has at most 4.1.
 */
function leastBits(text: string): number {
  if (/^[0-9a-f]+$/i.test(text)) return 3
  return text.replace(/\D/g, '').length < 3 ? Number.POSITIVE_INFINITY : 4.2
}

/** Shannon's entropy of the characters. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce(
    (bits, count) => bits - (count / text.length) * Math.log2(count / text.length),
    0,
  )
}
