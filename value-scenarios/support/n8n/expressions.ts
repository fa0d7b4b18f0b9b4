import { AssertionError } from 'node:assert/strict'
import { createContext, Script } from 'node:vm'
import type { JsonObject, JsonValue } from '../../../src/index.ts'

/** What travels from node to node. */
export interface Item {
  readonly json: JsonObject
}

/** What an expression may speak of: the part of n8n's vocabulary that the workflows use. */
export interface Scope {
  readonly $json: JsonObject
  readonly $execution: { readonly id: string }
  readonly $workflow: { readonly id: string; readonly name: string }
  /** What a node that has run gave to its first output. */
  $(nodeName: string): { first(): Item }
}

export interface Evaluation {
  readonly scope: Scope
  /** Takes note of an expression that came to nothing, which n8n tells nobody. */
  noteNothing(complaint: string): void
}

/** A parameter with its expressions evaluated, however deep they stand. */
export function resolve(parameter: JsonValue, evaluation: Evaluation): JsonValue {
  if (typeof parameter === 'string') return resolveText(parameter, evaluation)
  if (Array.isArray(parameter)) return parameter.map((each) => resolve(each, evaluation))
  if (typeof parameter !== 'object' || parameter === null) return parameter
  const members = Object.entries(parameter)
  return Object.fromEntries(members.map(([name, value]) => [name, resolve(value, evaluation)]))
}

/** `=…` is a template; one that is nothing but an expression keeps the value's type. Within a text, nothing is the empty text. */
function resolveText(text: string, evaluation: Evaluation): JsonValue {
  if (!text.startsWith('=')) return text
  const template = text.slice(1)
  const [, only] = /^\{\{((?:(?!\}\}).)*)\}\}$/s.exec(template) ?? []
  if (only !== undefined) return evaluate(only, evaluation)
  return template.replace(/\{\{(.*?)\}\}/gs, (_, code: string) => {
    const value = evaluate(code, evaluation) ?? ''
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  })
}

/** In a realm of its own, as n8n does it, so that nothing but the scope is in reach. What comes back is JSON again. */
function evaluate(code: string, { scope, noteNothing }: Evaluation): JsonValue {
  const script = new Script(`(${code})`)
  try {
    const value: unknown = script.runInContext(createContext({ ...scope }), { timeout: 1_000 })
    const json: JsonValue = value === undefined ? null : JSON.parse(JSON.stringify(value))
    if (json === null) noteNothing(`{{${code}}} is ${value}`)
    return json
  } catch (error) {
    // What the scope itself asserts is no fault of the expression.
    if (error instanceof AssertionError) throw error
    // n8n takes an error for nothing, and goes on.
    noteNothing(`{{${code}}} throws ${error}`)
    return null
  }
}
