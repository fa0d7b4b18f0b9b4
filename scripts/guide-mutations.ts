/**
 * For each guide one change of the product that its text doesn't know: an option, a variable, a field or a sentence with another name.
 * `npm run mutate -- guides` makes them, one at a time, in a copy, and the scenario that follows the guide must go red.
 */
import type { Edit } from './mutations.ts'

export interface GuideMutation extends Edit {
  readonly guide: string
}

export const guideMutations: readonly GuideMutation[] = [
  {
    guide: 'README.md',
    title: 'Following the README leads from a token to a deployed file',
    file: 'src/operations/drafts.ts',
    find: 'validated_at: validation.validatedAt',
    replacement: 'checked_at: validation.validatedAt',
    broken: 'a validation tells its time as `checked_at`',
  },
  {
    guide: 'docs/how-to/authenticate-http-api.md',
    title: 'Following the guide to authentication leads from a token to its end',
    file: 'src/cli/expiry.ts',
    find: "'--expires-in <duration>'",
    replacement: "'--valid-for <duration>'",
    broken: 'the option `--expires-in` is called `--valid-for`',
  },
  {
    guide: 'docs/how-to/connect-a-gateway.md',
    title: 'Following the guide puts the product behind a gateway, beside a clock',
    file: 'src/cli/settings.ts',
    find: "'--allowed-hosts <names>'",
    replacement: "'--hosts <names>'",
    broken: 'the option `--allowed-hosts` is called `--hosts`',
  },
  {
    guide: 'docs/how-to/deploy-http-server.md',
    title: 'Following the guide brings up a server behind TLS that can be restored and upgraded',
    file: 'src/cli/settings.ts',
    find: "'--port <number>'",
    replacement: "'--listen-port <number>'",
    broken: 'the option `--port` is called `--listen-port`',
  },
  {
    guide: 'docs/how-to/migrate-stdio-to-http.md',
    title: 'Following the guide puts HTTP beside stdio, on one store, and goes back',
    file: 'src/http/health.ts',
    find: "({ status: 'healthy' })",
    replacement: "({ status: 'ok' })",
    broken: 'a healthy server says `ok`',
  },
]
