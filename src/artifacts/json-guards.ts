import { isObject } from '../json.ts'

export function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

export function isStringRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string')
}

export function isStringOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}

/** Numbered from 1, without gaps. */
export function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
}

const digestExpression = /^[0-9a-f]{64}$/

/** SHA-256 in lower-case hex. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestExpression.test(value)
}
