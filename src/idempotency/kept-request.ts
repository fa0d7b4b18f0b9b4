import { hash } from 'node:crypto'
import { isObject } from '../json.ts'
import type { Entry } from '../store/store.ts'
import type { JsonObject } from '../vocabulary.ts'

/** What was answered, as bytes: it is repeated, not made again. */
export interface Answer {
  readonly status: number
  readonly mediaType: string
  readonly body: string
}

/** A request that came with a key. */
export interface KeptRequest {
  /** Of the credential and its key; neither can be read from it. */
  readonly id: string
  /** Of the credential alone. */
  readonly owner: string
  /** Of what was asked. */
  readonly fingerprint: string
  /** Milliseconds since 1970. */
  readonly begunAt: number
  /** The how many-th of all requests it is. */
  readonly place: number
  /** Undefined while it runs. */
  readonly answer: Answer | undefined
}

const answerMs = 24 * 60 * 60 * 1000

/**
 * Whoever has not answered by then counts as gone, and its key is free again. Nothing stops an operation that takes longer: a repetition
 * is then done beside it, as two requests without a key would be, and the answer of the late one is not kept.
 */
const leaseMs = 60 * 1000

export function isAlive({ begunAt, answer }: KeptRequest, now: number): boolean {
  return now < begunAt + (answer ? answerMs : leaseMs)
}

export function toId(credentialId: string, key: string): string {
  return digest(JSON.stringify([credentialId, key]))
}

export function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}

export function requestKey(id: string): string {
  return `idempotency/requests/${id}`
}

/** Undefined for what is none: then there is nothing to go by. */
export function readRequest({ key, value }: Entry): KeptRequest | undefined {
  if (!isObject(value)) return undefined
  const { owner, fingerprint, begunAt, place, answer } = value
  if (typeof owner !== 'string' || typeof fingerprint !== 'string') return undefined
  if (typeof begunAt !== 'number' || typeof place !== 'number') return undefined
  const id = key.slice(requestKey('').length)
  return { id, owner, fingerprint, begunAt, place, answer: isAnswer(answer) ? answer : undefined }
}

export function writeRequest({ id: _, answer, ...rest }: KeptRequest): JsonObject {
  return { ...rest, answer: answer ? { ...answer } : null }
}

/** As it is written. */
export function sizeOf(request: KeptRequest): number {
  return Buffer.byteLength(JSON.stringify(writeRequest(request)))
}

function isAnswer(value: unknown): value is Answer {
  if (!isObject(value)) return false
  const { status, mediaType, body } = value
  return typeof status === 'number' && typeof mediaType === 'string' && typeof body === 'string'
}
