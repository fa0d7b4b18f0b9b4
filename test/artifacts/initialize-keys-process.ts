/** A process of its own that makes the signing keys of a folder. */
import { createSigningKeys } from '../../src/artifacts/signing-keys.ts'
import { workWhenTold } from './processes.ts'

const [folder = ''] = process.argv.slice(2)
const keys = createSigningKeys({ folder })
await workWhenTold(() => keys.initialize())
