import { hash } from 'node:crypto'
import { OrchestrationError } from '../../errors.ts'
import { quote } from '../../json.ts'

/** Which representations a caller names: whatever there is, or those with these tags. */
export type EntityTags = '*' | readonly string[]

/** The strong tag of a representation: a digest of its very bytes. */
export function toEntityTag(representation: string): string {
  return `"${hash('sha256', representation, 'base64url')}"`
}

/** RFC 9110, sections 13.1.1 and 13.1.2. `invalid_request` for what is no list of tags. */
export function readEntityTags(name: string, value: string): EntityTags {
  const text = value.trim()
  if (text === '*') return text
  if (list.test(text)) return Array.from(text.matchAll(tag), ([each]) => each)
  const message = `${name} must be one or more ETags, each as it was sent and in its quotes, or *. It is ${quote(value)}.`
  throw new OrchestrationError('invalid_request', message)
}

/** Section 8.8.3.2: a weak tag promises too little for a change to be based on. */
export function matchesStrongly(tags: readonly string[], current: string): boolean {
  return tags.includes(current)
}

export function matchesWeakly(tags: readonly string[], current: string): boolean {
  return tags.some((each) => each.replace(/^W\//, '') === current)
}

/** Section 8.8.3: anything visible but the quote, so that commas may be within; Node reads other bytes as Latin-1. */
const oneTag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`
const tag = new RegExp(oneTag, 'g')

/** Section 5.6.1.2: an element of a list may be empty. */
const list = new RegExp(`^(?:,[ \\t]*)*${oneTag}(?:[ \\t]*,(?:[ \\t]*${oneTag})?)*$`)
