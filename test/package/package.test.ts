import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { glob, readFile, stat, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { publint } from 'publint'
import { docsFiles } from '../../src/http/docs/docs-files.ts'
import { call } from '../http/fixture.ts'
import { createSandbox, type Running, type Sandbox, watch } from '../support/sandbox.ts'
import {
  installOldestNode,
  makeTemporaryFolder,
  packAndInstall,
  root,
  whyUnavailable,
  withFirst,
} from './installation.ts'

const temporary = await makeTemporaryFolder()
const [packed, oldestNode] = await Promise.all([
  attempt(packAndInstall(temporary)),
  attempt(installOldestNode(temporary)),
])

describe('the package', { skip: packed.unavailable ?? false }, () => {
  const { source, tarball, project, folder, manifest } = had(packed)

  test('holds what users need, and nothing else', async () => {
    assert.deepEqual(await listFiles(folder), await expectedFiles(path.join(source, 'src')))
  })

  test('says in its changelog what its version brings', async () => {
    const changelog = await readFile(path.join(folder, 'CHANGELOG.md'), 'utf8')
    assert.ok(changelog.split('\n').some((line) => line.startsWith(`## [${manifest.version}] - `)))
  })

  test('has commands that can be executed', async () => {
    const modes = await Promise.all(
      Object.values(manifest.bin).map(async (file) => (await stat(path.join(folder, file))).mode & 0o111),
    )
    assert.deepEqual(modes, [0o111, 0o111, 0o111])
  })

  test('has source maps that bring their sources along', async () => {
    const map = JSON.parse(await readFile(path.join(folder, 'dist/index.js.map'), 'utf8'))
    assert.deepEqual(map.sourcesContent, [await readFile(path.join(source, 'src/index.ts'), 'utf8')])
  })

  test('has nothing that publint would say', async () => {
    const stream = new Blob([await readFile(tarball)]).stream()
    const { messages } = await publint({ strict: true, pack: { tarball: stream } })
    assert.deepEqual(messages, [])
  })

  test('has types that are right for whoever imports it', () => {
    const attw = path.join(folderOf('@arethetypeswrong/cli'), 'dist/index.js')
    const { status, stdout } = spawnSync(process.execPath, [attw, tarball, '--profile', 'esm-only'], {
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout)
  })

  for (const options of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ])
    test(`has types that a project with ${options.join(' ')} compiles against`, async () => {
      await writeFile(path.join(project, 'host.ts'), host)
      await writeFile(path.join(project, 'slip.ts'), host.replace("apiKey: 'Priya'", 'apiKey: 1'))
      const said = compile(project, ['host.ts', 'slip.ts'], options)
      assert.match(said, /^slip\.ts\(8,\d+\): error TS2322: Type 'number' is not assignable/)
      assert.equal(said.match(/error TS/g)?.length, 1, said)
    })
})

const nodes = [
  { title: 'the Node of this run', node: { value: path.dirname(process.execPath) } },
  { title: 'the oldest Node that it supports', node: oldestNode },
]

for (const { title, node } of nodes)
  describe(`the package on ${title}`, { skip: packed.unavailable ?? node.unavailable ?? false }, () => {
    const { project, manifest } = had(packed)

    test('is a library', async (t) => {
      await writeFile(path.join(project, 'library.js'), library)
      assert.equal(await say(t, ['node', path.join(project, 'library.js')]), 'healthy 14')
    })

    test('has its version, its catalogue and a server for agents behind mcp-orchestration', async (t) => {
      assert.equal(await say(t, ['mcp-orchestration', '--version']), manifest.version)
      const input = '{"server_id":"memory"}'
      const described = await say(t, ['mcp-orchestration', 'call', 'describe_server', '--json', input])
      assert.equal(JSON.parse(described).server_id, 'memory')
      const answer = JSON.parse(await say(t, ['mcp-orchestration'], `${initialize}\n`))
      assert.equal(answer.result.serverInfo.version, manifest.version)
    })

    test('opens a running server with a token made by the command, and brings the docs pages along', async (t) => {
      const sandbox = await createSandbox(t)
      const server = start(sandbox, ['mcp-orchestration-serve-http', '--port', '0'])
      const [, url = ''] = await server.says(/Server running on (http:\/\/[\d.:]+)/)
      const made = await start(sandbox, ['mcp-orchestration-generate-token']).ended
      const [, token = ''] = /^Generated token: ([\w-]{43})$/m.exec(made.stdout) ?? []
      assert.equal((await call({ url }, '/v1/clients', { token })).status, 200)
      for (const file of docsFiles)
        assert.equal((await call({ url }, file.path, { token: null })).status, 200, file.path)
      server.child.kill('SIGTERM')
      assert.equal((await server.ended).code, 0)
    })

    async function say(t: TestContext, command: readonly string[], input = ''): Promise<string> {
      const { child, ended } = start(await createSandbox(t), command)
      child.stdin?.end(input)
      const { code, stdout, stderr } = await ended
      assert.equal(code, 0, stderr)
      return stdout.trim()
    }

    /** As from a user's shell: the commands of the project, run by that Node. */
    function start(sandbox: Sandbox, [name = '', ...args]: readonly string[]): Running {
      const PATH = [path.join(project, 'node_modules/.bin'), withFirst(had(node))].join(path.delimiter)
      const { NODE_V8_COVERAGE: _, ...env } = sandbox.env
      const child = spawn(name, args, { cwd: sandbox.folder, env: { ...env, PATH } })
      return watch(sandbox, child, () => child.kill('SIGTERM'))
    }
  })

interface Attempt<T> {
  readonly value?: T
  /** Why it can't be had here. */
  readonly unavailable?: string
}

async function attempt<T>(installation: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await installation }
  } catch (error) {
    const unavailable = whyUnavailable(error)
    if (unavailable === undefined) throw error
    return { unavailable }
  }
}

function had<T>({ value, unavailable }: Attempt<T>): T {
  assert.ok(value !== undefined, unavailable)
  return value
}

async function listFiles(folder: string, pattern = '**/*'): Promise<readonly string[]> {
  const files: string[] = []
  for await (const entry of glob(pattern, { cwd: folder, withFileTypes: true }))
    if (entry.isFile()) files.push(path.relative(folder, path.join(entry.parentPath, entry.name)))
  return files.sort()
}

/** What stands at the top, each source as JavaScript with its map and its types, everything else of `src`, and the docs pages' files. */
async function expectedFiles(src: string): Promise<readonly string[]> {
  const sources = await listFiles(src)
  const built = sources.flatMap((file) =>
    file.endsWith('.ts') ? ['.js', '.js.map', '.d.ts'].map((suffix) => file.replace(/\.ts$/, suffix)) : file,
  )
  const docs = [
    ...docsFiles.map(({ name }) => name),
    'licenses/redoc/LICENSE',
    'licenses/redoc/redoc.standalone.js.LICENSE.txt',
    'licenses/swagger-ui-dist/LICENSE',
    'licenses/swagger-ui-dist/NOTICE',
    'licenses/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
  ].map((file) => `http/docs/docs-files/${file}`)
  const dist = [...built, ...docs].map((file) => `dist/${file}`)
  return [...dist, 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'].sort()
}

/** What the compiler says of files of the project. Node's types are the repository's; all others come with the package. */
function compile(project: string, files: readonly string[], options: readonly string[]): string {
  const tsc = path.join(folderOf('typescript'), 'bin/tsc')
  const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')]
  const args = [tsc, '--noEmit', '--strict', '--target', 'es2022', ...types, ...options, ...files]
  return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' }).stdout
}

function folderOf(name: string): string {
  return path.dirname(findPackageJSON(name, import.meta.url) ?? '')
}

const host = `import { createServer } from 'node:http'
import { fastify } from 'fastify'
import { createHttpTransport, createOrchestrator, type HttpTransport, OrchestrationError } from 'mcp-orchestration'

const orchestrator = createOrchestrator({ store: 'memory' })
const transport: HttpTransport = createHttpTransport({
  orchestrator,
  apiKey: 'Priya',
})
fastify().register(transport.plugin, { prefix: '/orchestration' })
createServer(transport.handler)
export const url: string = await transport.listen({ port: 0 })
export const { draft } = await orchestrator.drafts.add(
  { clientId: 'cursor', profileId: 'default' },
  { serverId: 'memory' },
)
export const code = new OrchestrationError('not_found', 'Nothing.').code satisfies string
`

const library = `import { createHttpTransport, operations } from 'mcp-orchestration'

const transport = createHttpTransport()
const answer = await fetch(new URL('/health', await transport.listen({ port: 0 })))
const { status } = await answer.json()
await transport.close()
console.log(status, operations.length)
`

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
})
