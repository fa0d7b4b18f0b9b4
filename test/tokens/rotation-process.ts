import { argv } from 'node:process'
import { createOrchestrator } from '../../src/orchestrator.ts'
import { workWhenTold } from '../support/processes.ts'

/** Rotates or revokes one token, as told, and says what came of it. */
const [, , home = '', id = '', ...acts] = argv
const act = acts[Number(acts.pop())]

await workWhenTold(async () => {
  await using orchestrator = createOrchestrator({ home, store: 'sqlite' })
  const done = act === 'revoke' ? orchestrator.tokens.revoke(id) : orchestrator.tokens.rotate(id)
  return await done.then(
    () => ({ act, code: 'done' }),
    ({ code }) => ({ act, code }),
  )
})
