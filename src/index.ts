export type { Platform } from './clients/client.ts'
export {
  type ErrorCode,
  errorTitles,
  type Finding,
  OrchestrationError,
  type OrchestrationErrorOptions,
} from './errors.ts'
export type { CorsOrigins } from './http/cors.ts'
export type { DocsAccess } from './http/docs.ts'
export {
  createHttpTransport,
  type HttpTransport,
  type HttpTransportOptions,
  type ListenOptions,
} from './http/transport.ts'
export {
  callOperation,
  type Operation,
  type OperationContext,
  type Principal,
  pathParameters,
} from './operations/operation.ts'
export { getOperation, operations } from './operations/operations.ts'
export {
  createOrchestrator,
  type Environment,
  type Orchestrator,
  type OrchestratorOptions,
} from './orchestrator.ts'
export type {
  Change,
  CommitResult,
  Condition,
  Entry,
  Page,
  Store,
  StoreEvent,
  WatchOptions,
} from './store/store.ts'
export {
  type JsonObject,
  type JsonValue,
  type Payload,
  type ProfileRef,
  type RemoteEntry,
  type Scope,
  type ServerEntry,
  type StdioEntry,
  scopes,
  type Transport,
  transports,
} from './vocabulary.ts'
