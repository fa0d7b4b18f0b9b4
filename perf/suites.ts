import type { PerfOptions } from './options.ts'
import type { Suite } from './suite.ts'
import { crowdSuites } from './suites/crowds.ts'
import { eventsSuite } from './suites/events.ts'
import { growthSuites } from './suites/growth.ts'
import { overloadSuite } from './suites/overload.ts'
import { readSuites } from './suites/reads.ts'
import { soakSuites } from './suites/soak.ts'
import { startSuite } from './suites/start.ts'
import { toolSuites } from './suites/tools.ts'
import { workersSuites } from './suites/workers.ts'
import { writeSuites } from './suites/writes.ts'

export const suites: readonly Suite[] = [
  ...readSuites,
  ...writeSuites,
  ...toolSuites,
  eventsSuite,
  ...crowdSuites,
  overloadSuite,
  ...workersSuites,
  startSuite,
  ...growthSuites,
  ...soakSuites,
]

/** Those that the options ask for; what is asked for by name is never left out. */
export function chooseSuites({ only, isQuick }: PerfOptions): readonly Suite[] {
  if (only !== '') return suites.filter(({ name }) => name.includes(only))
  return suites.filter(({ isVariant = false }) => !(isQuick && isVariant))
}
