import assert from 'node:assert/strict'
import type { JsonObject, JsonValue } from '../../../src/index.ts'
import { type Answer, send } from '../../../step_definitions/support/http.ts'
import { type Evaluation, resolve } from './expressions.ts'
import { takeParameters } from './parameters.ts'
import type { Credential, WorkflowNode } from './workflow.ts'

interface Pair {
  readonly name: string
  readonly value: string
}

interface Parameters {
  readonly method?: 'POST'
  readonly url: string
  readonly authentication?: string
  readonly genericAuthType?: string
  readonly queryParameters?: { readonly parameters: readonly Pair[] }
  readonly headerParameters?: { readonly parameters: readonly Pair[] }
  readonly sendBody?: boolean
  readonly specifyBody?: string
  readonly jsonBody?: string
  readonly response: { readonly response: ResponseOptions }
}

interface ResponseOptions {
  readonly fullResponse?: boolean
  readonly neverError?: boolean
  readonly responseFormat: 'json' | 'text'
}

const known = [
  'method',
  'url',
  'authentication',
  'genericAuthType',
  'sendQuery',
  'queryParameters',
  'sendHeaders',
  'headerParameters',
  'sendBody',
  'specifyBody',
  'jsonBody',
]

/** What n8n asks for, by the response format of the node. */
const accept = {
  json: 'application/json,text/*;q=0.99',
  text: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1',
}

/** What a node "HTTP Request" hands on for one request: what was answered, or what n8n has as the error. */
export type Outcome = { readonly json: JsonObject } | { readonly error: JsonValue }

/** Sends what the node says. A refusal is an error, unless the node wants to see refusals. */
export async function sendRequest(
  node: WorkflowNode,
  evaluation: Evaluation,
  credential: Credential,
): Promise<Outcome> {
  // How fast n8n sends and how often it tries again is n8n's own.
  const parameters = takeParameters<Parameters>(node, known, ['response', 'batching'])
  const { response } = parameters.response
  const sent = send(urlOf(parameters, evaluation), {
    ...(parameters.method && { method: parameters.method }),
    headers: {
      accept: accept[response.responseFormat],
      ...pairs(parameters.headerParameters, evaluation),
      ...(parameters.authentication === undefined ? {} : authentication(node, parameters, credential)),
    },
    ...(parameters.sendBody && { body: bodyOf(parameters, evaluation) }),
  })
  return await sent.then(
    (answer) => toOutcome(answer, response),
    (error: Error) => ({ error: { message: error.message } }),
  )
}

/** As n8n's HTTP client has it: what is JSON is parsed whatever the format, and an error says even a page as JSON. */
function toOutcome({ status, headers, text }: Answer, options: ResponseOptions): Outcome {
  const { fullResponse = false, neverError, responseFormat } = options
  assert.equal(fullResponse, responseFormat === 'json', 'The tests know JSON with its status, or a text.')
  const body = parsedIfJson(text)
  if (status >= 400 && !neverError) return { error: { message: `${status} - ${JSON.stringify(body)}` } }
  if (responseFormat === 'text') return { json: { data: text } }
  const rest = { headers: headers as JsonObject, statusCode: status }
  if (body === '') return { json: rest }
  // The node's own errors have no message: they are one.
  if (typeof body === 'string')
    return { error: 'Response body is not valid JSON. Change "Response Format" to "Text"' }
  return { json: { body, ...rest } }
}

function parsedIfJson(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function urlOf({ url, queryParameters }: Parameters, evaluation: Evaluation): string {
  const query = new URLSearchParams(pairs(queryParameters, evaluation)).toString()
  return `${resolve(url, evaluation)}${query && `?${query}`}`
}

function pairs(parameters: Parameters['queryParameters'], evaluation: Evaluation): Record<string, string> {
  const given = parameters?.parameters ?? []
  return Object.fromEntries(given.map(({ name, value }) => [name, String(resolve(value, evaluation))]))
}

function authentication(node: WorkflowNode, parameters: Parameters, { name, type, data }: Credential) {
  assert.equal(parameters.authentication, 'genericCredentialType')
  assert.equal(parameters.genericAuthType, type)
  // n8n finds it by its name where it has none of that id.
  assert.equal(node.credentials?.[type]?.name, name, `"${node.name}" has another credential.`)
  return { [data.name]: data.value }
}

function bodyOf({ specifyBody, jsonBody = '' }: Parameters, evaluation: Evaluation): string {
  assert.equal(specifyBody, 'json')
  const body: JsonValue = resolve(jsonBody, evaluation)
  return typeof body === 'string' ? body : JSON.stringify(body)
}
