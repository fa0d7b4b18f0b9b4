import assert from 'node:assert/strict'
import { createContext, runInContext } from 'node:vm'
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

/** A parameter with its expressions evaluated, however deep they stand. */
export function resolve(parameter: JsonValue, scope: Scope): JsonValue {
  if (typeof parameter === 'string') return resolveText(parameter, scope)
  if (Array.isArray(parameter)) return parameter.map((each) => resolve(each, scope))
  if (typeof parameter !== 'object' || parameter === null) return parameter
  return Object.fromEntries(Object.entries(parameter).map(([name, value]) => [name, resolve(value, scope)]))
}

/** `=…` is a template; one that is nothing but an expression keeps the value's type. */
function resolveText(text: string, scope: Scope): JsonValue {
  if (!text.startsWith('=')) return text
  const template = text.slice(1)
  const [, only] = /^\{\{((?:(?!\}\}).)*)\}\}$/s.exec(template) ?? []
  if (only !== undefined) return evaluate(only, scope)
  return template.replace(/\{\{(.*?)\}\}/gs, (_, code: string) => {
    const value = evaluate(code, scope)
    assert.notEqual(value, null, `{{${code}}} comes to nothing within a text.`)
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  })
}

/** In a realm of its own, as n8n does it, so that nothing but the scope is in reach. What comes back is JSON again. */
function evaluate(code: string, scope: Scope): JsonValue {
  const value: unknown = runInContext(`(${code})`, createContext({ ...scope }), { timeout: 1_000 })
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}
