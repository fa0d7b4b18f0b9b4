/** A process of its own that makes the signing keys of a folder as soon as it is told to on stdin, and prints the answer. */
import { once } from 'node:events'
import { createSigningKeys } from '../../src/artifacts/signing-keys.ts'

const [folder = ''] = process.argv.slice(2)
const keys = createSigningKeys({ folder })
process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdout.write(`${JSON.stringify(await keys.initialize())}\n`)
process.stdin.destroy()
