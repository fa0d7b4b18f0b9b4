import type { JsonObject, RemoteEntry, StdioEntry } from '../vocabulary.ts'

/** How a client writes down a server that it starts itself. */
export interface StdioShape {
  /** The value of `type`; absent where the client knows the entry by its `command`. */
  readonly type?: string
  /** `separate`: `command` and `args`; `joined`: one array under `command`. */
  readonly command: 'separate' | 'joined'
  /** The name of the member that holds the environment variables. */
  readonly env: 'env' | 'environment'
  /** Members that every entry carries. */
  readonly fixed?: JsonObject
}

/** How a client writes down a server that it reaches by URL. */
export interface RemoteShape {
  /** The value of `type`; absent where the client finds the transport out by itself. */
  readonly type?: string
  /** The name of the member that holds the URL. */
  readonly url: 'url' | 'serverUrl' | 'httpUrl'
  readonly fixed?: JsonObject
}

export function toStdioShape(shape: StdioShape, { command, args, env }: StdioEntry): JsonObject {
  return {
    ...typeOf(shape),
    ...(shape.command === 'joined' ? { command: [command, ...args] } : { command, args: [...args] }),
    ...unlessEmpty(shape.env, env),
    ...shape.fixed,
  }
}

export function toRemoteShape(shape: RemoteShape, { url, headers }: RemoteEntry): JsonObject {
  return { ...typeOf(shape), [shape.url]: url, ...unlessEmpty('headers', headers), ...shape.fixed }
}

function typeOf({ type }: StdioShape | RemoteShape): JsonObject {
  return type === undefined ? {} : { type }
}

function unlessEmpty(member: string, values: Readonly<Record<string, string>>): JsonObject {
  return Object.keys(values).length === 0 ? {} : { [member]: { ...values } }
}
