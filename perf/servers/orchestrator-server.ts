/** Ours, from the built package as users have it: authentication, CORS and request ids on, its store on the disk. */
import { argv } from 'node:process'
import { createHttpTransport, createOrchestrator } from 'mcp-orchestration'
import { getSuite } from '../suites.ts'
import { serveMeasurements } from './measurements.ts'

const [home = '', suite = ''] = argv.slice(2)
const orchestrator = createOrchestrator({ home, env: { HOME: home } })
const { token } = await orchestrator.tokens.generate({ name: 'perf' })
await getSuite(suite).seed(orchestrator)
const url = await createHttpTransport({ orchestrator }).listen({ port: 0 })
serveMeasurements({ url, headers: { authorization: `Bearer ${token}` } })
