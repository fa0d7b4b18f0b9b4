import type { Suite } from './suite.ts'
import { crowdSuites } from './suites/crowds.ts'
import { eventsSuite } from './suites/events.ts'
import { readSuites } from './suites/reads.ts'
import { soakSuites } from './suites/soak.ts'
import { startSuite } from './suites/start.ts'
import { toolSuites } from './suites/tools.ts'
import { writeSuites } from './suites/writes.ts'

export const suites: readonly Suite[] = [
  ...readSuites,
  ...writeSuites,
  ...toolSuites,
  eventsSuite,
  ...crowdSuites,
  startSuite,
  ...soakSuites,
]
