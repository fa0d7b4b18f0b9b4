/**
 * The whole job in a sandbox: token, catalogue, draft, validation, signed release, deploy into a Claude Desktop file that already has
 * content of its own. Nothing outside a temporary folder is read or written. Run it with `npm run demo`.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHttpTransport, createOrchestrator, type JsonValue } from '../src/index.ts'

const sandbox = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-demo-'))
const configFile = path.join(sandbox, '.config/Claude/claude_desktop_config.json')
await mkdir(path.dirname(configFile), { recursive: true })
await writeFile(
  configFile,
  `{
    "theme":   "dark",
    "mcpServers": {
        "my-own": { "command": "/opt/my-own/server" }
    }
}
`,
)

const orchestrator = createOrchestrator({
  home: path.join(sandbox, 'home'),
  store: 'sqlite',
  env: { HOME: sandbox },
  platform: 'linux',
})
const transport = createHttpTransport({ orchestrator })
const base = await transport.listen({ port: 0 })
const { token } = await orchestrator.tokens.generate({ name: 'demo' })

try {
  heading('The file before')
  await show(configFile)
  await request('GET', '/v1/servers?search=filesystem')
  await request('POST', '/v1/keys/initialize')
  await request('POST', '/v1/config/claude-desktop/default/draft/add', {
    server_id: 'filesystem',
    params: { path: '/home/priya/notes' },
  })
  await request('POST', '/v1/config/claude-desktop/default/draft/add', { server_id: 'memory' })
  await request('POST', '/v1/config/claude-desktop/default/validate')
  await request('POST', '/v1/config/claude-desktop/default/publish', { changelog: 'Notes and memory' })
  await request('POST', '/v1/config/claude-desktop/default/deploy', { dry_run: true })
  await request('POST', '/v1/config/claude-desktop/default/deploy')
  heading('The file after')
  await show(configFile)
} finally {
  await transport.close()
  await orchestrator.close()
  await rm(sandbox, { recursive: true, force: true })
}

async function request(method: string, url: string, body?: JsonValue): Promise<void> {
  heading(`${method} ${url}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`)
  const response = await fetch(base + url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { diff?: string }
  console.log(response.status, JSON.stringify(answer, undefined, 2))
  if (answer.diff !== undefined) console.log(`\nthe diff, as text:\n${answer.diff}`)
  if (!response.ok) throw new Error(`${method} ${url} was answered with ${response.status}`)
}

async function show(file: string): Promise<void> {
  console.log(await readFile(file, 'utf8'))
}

function heading(text: string): void {
  console.log(`\n=== ${text}\n`)
}
