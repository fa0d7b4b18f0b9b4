/** Says where it follows the guide of its first argument, follows it, and stays. */
import { writeSync } from 'node:fs'
import { argv, stdin, stdout } from 'node:process'
import { follow } from '../../value-scenarios/support/guides/follow.ts'
import { parseGuide } from '../../value-scenarios/support/guides/guide.ts'
import { createStage } from '../../value-scenarios/support/stage.ts'

const stage = await createStage('Priya')
writeSync(stdout.fd, JSON.stringify({ root: stage.root, port: stage.port(8000) }))
await follow({ guide: parseGuide('guide.md', argv[2] ?? ''), stage })
stdin.resume()
