import assert from 'node:assert/strict'
import type { JsonObject, JsonValue } from '../../../src/index.ts'
import { send } from '../../../step_definitions/support/http.ts'
import { resolve, type Scope } from './expressions.ts'
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

/** Sends what a node "HTTP Request" says, and gives what it hands on. A refusal throws, unless the node wants to see refusals. */
export async function sendRequest(
  node: WorkflowNode,
  scope: Scope,
  credential: Credential,
): Promise<JsonObject> {
  // How fast n8n sends and how often it tries again is n8n's own.
  const parameters = takeParameters<Parameters>(node, known, ['response', 'batching'])
  const { fullResponse, neverError, responseFormat } = parameters.response.response
  const answer = await send(urlOf(parameters, scope), {
    ...(parameters.method && { method: parameters.method }),
    headers: {
      accept: accept[responseFormat],
      ...pairs(parameters.headerParameters, scope),
      ...(parameters.authentication === undefined ? {} : authentication(node, parameters, credential)),
    },
    ...(parameters.sendBody && { body: bodyOf(parameters, scope) }),
  })
  if (answer.status >= 400 && !neverError) throw new Error(`${answer.status} - ${answer.text}`)
  const body = responseFormat === 'json' ? JSON.parse(answer.text) : answer.text
  if (fullResponse) return { body, headers: answer.headers as JsonObject, statusCode: answer.status }
  return responseFormat === 'json' ? body : { data: body }
}

function urlOf({ url, queryParameters }: Parameters, scope: Scope): string {
  const query = new URLSearchParams(pairs(queryParameters, scope)).toString()
  return `${resolve(url, scope)}${query && `?${query}`}`
}

function pairs(parameters: Parameters['queryParameters'], scope: Scope): Record<string, string> {
  const given = parameters?.parameters ?? []
  return Object.fromEntries(given.map(({ name, value }) => [name, String(resolve(value, scope))]))
}

function authentication(node: WorkflowNode, parameters: Parameters, { name, type, data }: Credential) {
  assert.equal(parameters.authentication, 'genericCredentialType')
  assert.equal(parameters.genericAuthType, type)
  // n8n finds it by its name where it has none of that id.
  assert.equal(node.credentials?.[type]?.name, name, `"${node.name}" has another credential.`)
  return { [data.name]: data.value }
}

function bodyOf({ specifyBody, jsonBody = '' }: Parameters, scope: Scope): string {
  assert.equal(specifyBody, 'json')
  const body: JsonValue = resolve(jsonBody, scope)
  return typeof body === 'string' ? body : JSON.stringify(body)
}
