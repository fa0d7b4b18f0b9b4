import type { Principal } from '../operations/operation.ts'
import { scopes } from '../vocabulary.ts'

/** Whoever runs a command on this machine may do what the machine's user may. */
export const cliPrincipal: Principal = { id: 'cli', scopes }
