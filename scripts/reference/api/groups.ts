/** Where a reader looks for each name of `src/index.ts`. No title is a name's own, so that both have a heading that can be linked to. */
export interface ApiGroup {
  readonly title: string
  readonly names: readonly string[]
}

export const apiGroups: readonly ApiGroup[] = [
  {
    title: 'The HTTP transport',
    names: [
      'createHttpTransport',
      'HttpTransport',
      'HttpTransportOptions',
      'ListenOptions',
      'CorsOrigins',
      'DocsAccess',
      'FailedAttempts',
      'FailedAttemptsOptions',
      'OverloadOptions',
      'SessionLimits',
    ],
  },
  {
    title: 'The orchestrator',
    names: ['createOrchestrator', 'Orchestrator', 'OrchestratorOptions', 'Environment', 'Platform'],
  },
  {
    title: 'The operations',
    names: [
      'operations',
      'adminOperations',
      'getOperation',
      'callOperation',
      'pathParameters',
      'Operation',
      'OperationContext',
      'Principal',
    ],
  },
  {
    title: 'Errors and findings',
    names: [
      'OrchestrationError',
      'OrchestrationErrorOptions',
      'errorTitles',
      'ErrorCode',
      'Finding',
      'FindingCode',
    ],
  },
  {
    title: 'Verifying a release',
    names: [
      'verifyRelease',
      'VerifyReleaseOptions',
      'ReleaseVerification',
      'VerifiedRelease',
      'verificationFailures',
      'VerificationFailure',
    ],
  },
  { title: 'What happens', names: ['Events', 'EventBatch', 'OrchestrationEvent'] },
  {
    title: 'The audit log',
    names: [
      'Audit',
      'AuditEntry',
      'AuditFacts',
      'AuditQuery',
      'AuditPage',
      'AuditedChange',
      'AuditNotes',
      'TakeNote',
      'DoorName',
      'ChainEnd',
      'ChainFault',
      'ChainVerification',
    ],
  },
  {
    title: 'A store of your own',
    names: [
      'Store',
      'Entry',
      'Change',
      'Condition',
      'CommitResult',
      'Page',
      'StoreEvent',
      'WatchBatch',
      'WatchOptions',
    ],
  },
  {
    title: 'The words',
    names: [
      'ProfileRef',
      'Payload',
      'ServerEntry',
      'StdioEntry',
      'RemoteEntry',
      'transports',
      'Transport',
      'scopes',
      'Scope',
      'Limits',
      'JsonObject',
      'JsonValue',
    ],
  },
]
