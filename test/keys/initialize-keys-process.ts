/** A process of its own that makes the signing keys of a folder. */
import { createSigningKeys } from '../../src/keys/signing-keys.ts'
import { workWhenTold } from '../support/processes.ts'

const [folder = ''] = process.argv.slice(2)
const keys = createSigningKeys({ folder })
await workWhenTold(() => keys.initialize())
