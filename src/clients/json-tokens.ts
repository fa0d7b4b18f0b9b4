import { createScanner } from 'jsonc-parser'

export interface Token {
  readonly kind: TokenKind | undefined
  readonly start: number
  readonly end: number
}

export type TokenKind = keyof typeof kinds

/** The numbers of jsonc-parser's `SyntaxKind`, a const enum that can't be imported where types are only stripped. */
const kinds = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  blanks: 15,
} as const

const endOfText = 17

const names = new Map<number, TokenKind>(
  Object.entries(kinds).map(([name, kind]) => [kind, name as TokenKind]),
)

/** What follows from an offset on, comments and line breaks included; the offset must not lie within a token. */
export function* tokensFrom(text: string, offset: number): Generator<Token> {
  const scanner = createScanner(text)
  scanner.setPosition(offset)
  for (let kind: number = scanner.scan(); kind !== endOfText; kind = scanner.scan()) {
    yield { kind: names.get(kind), start: scanner.getTokenOffset(), end: scanner.getPosition() }
  }
}

export function isComment({ kind }: Token): boolean {
  return kind === 'lineComment' || kind === 'blockComment'
}

export function isTrivia(token: Token): boolean {
  return isComment(token) || token.kind === 'lineBreak' || token.kind === 'blanks'
}

/** The offset of a comma that follows, with nothing but white space and comments before it. */
export function commaBehind(text: string, offset: number): number | undefined {
  for (const token of tokensFrom(text, offset)) {
    if (token.kind === 'comma') return token.start
    if (!isTrivia(token)) return undefined
  }
  return undefined
}
