export {
  type ReleaseVerification,
  type VerifiedRelease,
  type VerifyReleaseOptions,
  verifyRelease,
} from './artifacts/release-verification.ts'
export { type VerificationFailure, verificationFailures } from './artifacts/verification-failures.ts'
export type {
  Audit,
  AuditEntry,
  AuditedChange,
  AuditFacts,
  AuditNotes,
  AuditPage,
  AuditQuery,
  ChainEnd,
  ChainFault,
  ChainVerification,
  DoorName,
  TakeNote,
} from './audit/audit.ts'
export type { Platform } from './clients/client.ts'
export {
  type ErrorCode,
  errorTitles,
  type Finding,
  type FindingCode,
  OrchestrationError,
  type OrchestrationErrorOptions,
} from './errors.ts'
export type { EventBatch, Events, OrchestrationEvent } from './events/events.ts'
export type { CorsOrigins } from './http/access/cors.ts'
export type { FailedAttempts, FailedAttemptsOptions } from './http/access/failed-attempts.ts'
export type { DocsAccess } from './http/docs/docs.ts'
export type { OverloadOptions } from './http/overload/overload.ts'
export { createHttpTransport, type HttpTransport, type ListenOptions } from './http/transport.ts'
export type { HttpTransportOptions } from './http/transport-options.ts'
export type { McpServerFactory, ServerEventBus, SessionLimits } from './mcp/endpoint.ts'
export {
  callOperation,
  type Operation,
  type OperationContext,
  type Principal,
  pathParameters,
} from './operations/operation.ts'
export { adminOperations, getOperation, operations } from './operations/operations.ts'
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
  WatchBatch,
  WatchOptions,
} from './store/store.ts'
export {
  type JsonObject,
  type JsonValue,
  type Limits,
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
