import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { isObject } from '../../src/json.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { makeFolders, prepareGround } from './ground.ts'
import { inspect } from './inspection.ts'
import { createJournal, theKey } from './journal.ts'
import type { Stage } from './scene.ts'

/** Each way to lose something, and how the inspection says so: what can't fail proves nothing. */
const losses: readonly (readonly [string, (ground: Lost) => Promise<unknown>, RegExp])[] = [
  [
    'a draft that is gone',
    ({ orchestrator: { store } }) => store.commit({ delete: ['drafts/cursor/default'] }),
    /^drafts: cursor\/default\/files is null, but \/torture\/1 was asked for$/m,
  ],
  [
    'a removal that was undone',
    async ({ journal }) => journal.entries.announce('cursor/default/files', null).acknowledge(),
    /^drafts: cursor\/default\/files is \/torture\/1, but null was asked for$/m,
  ],
  [
    'a revision that went back',
    async ({ journal }) => journal.revisions.set('cursor/default', 1_000),
    /^draft revisions: cursor\/default has revision/m,
  ],
  [
    'a gap in the sequence',
    ({ orchestrator: { store } }) => store.commit({ delete: [releaseKey(2)] }),
    /^sequences: cursor\/default has 3 in the place of 2$|can't be read/m,
  ],
  [
    'an artifact without a release',
    ({ orchestrator: { store } }) => store.commit({ put: { [`artifacts/${'0'.repeat(64)}`]: '{}' } }),
    /^artifacts: artifacts\/0+ belongs to no release$/m,
  ],
  [
    'a release without its artifact',
    ({ orchestrator: { store }, artifactId }) => store.commit({ delete: [`artifacts/${artifactId}`] }),
    /can't be read: .*missing from the store/,
  ],
  [
    'a head that is behind',
    async ({ orchestrator: { store } }) => {
      const head = (await store.get('heads/cursor/default'))?.value
      assert.ok(isObject(head))
      await store.commit({ put: { 'heads/cursor/default': { ...head, sequence: 1 } } })
    },
    /can't be read|^heads and index/m,
  ],
  [
    'an index record that is gone',
    ({ orchestrator: { store }, artifactId }) =>
      store.commit({ delete: [`newest/cursor/default/${artifactId}`] }),
    /^heads and index: newest\/cursor\/default\/.* says undefined$/m,
  ],
  [
    'a publication that is gone',
    async ({ journal }) => {
      const acknowledged = { sequence: 4, artifactId: '0'.repeat(64) }
      journal.publications.set('four', { ref: 'cursor/default', acknowledged })
    },
    /^publications: "four", acknowledged as cursor\/default 4, is not there$/m,
  ],
  [
    'a release that nobody asked for',
    async ({ journal }) => journal.publications.delete('two'),
    /^publications: nobody asked for "two"$/m,
  ],
  [
    'a token that is gone',
    async ({ orchestrator: { tokens } }) => tokens.revoke((await tokens.list())[0]?.id ?? ''),
    /^tokens: a token is no good$/m,
  ],
  [
    'a token that lives on',
    async ({ journal, token }) => journal.tokens.announce(token, false).acknowledge(),
    /^tokens: a token is good$/m,
  ],
  [
    'an entry of the audit log that is gone',
    async ({ orchestrator: { store } }) => {
      const [first] = await store.list('audit/')
      await store.commit({ delete: [first?.key ?? ''] })
    },
    /^audit: Entry 1 of the audit log is missing/m,
  ],
  [
    'a change that is not in the audit log',
    async ({ journal }) => journal.acknowledged.add('three'),
    /^audit: 1 acknowledged changes are not in the log as done$/m,
  ],
  [
    "half a client's file",
    ({ file }) => writeFile(file, '{ "mcpServers": {'),
    /^files of clients: cursor: the file can't be read/m,
  ],
  [
    "a byte of the user's",
    async ({ file }) => writeFile(file, (await readFile(file, 'utf8')).replace('"theme":   ', '"theme": ')),
    /^files of clients: cursor: the user's own part is no longer as it was/m,
  ],
  [
    "a client's file from before the deployment",
    ({ file, original }) => writeFile(file, original),
    /^files of clients: cursor holds \[\], which no possible deployment wrote$/m,
  ],
  [
    'a record of a deployment that is gone',
    async ({ orchestrator: { store } }) => {
      const [record] = await store.list('deployments/')
      await store.commit({ delete: [record?.key ?? ''] })
    },
    /^deployments: cursor is said to hold , and holds files$/m,
  ],
  [
    'half a signing key',
    ({ home }) => writeFile(path.join(home, 'keys', theKey), '-----BEGIN PRIVATE'),
    /^keys: /m,
  ],
  [
    'a signing key that is not trusted',
    ({ home, keyId }) => rm(path.join(home, 'keys/trusted', `${keyId}.pem`)),
    /can't be read|^keys: .* signs and is not trusted$/m,
  ],
  [
    'a signing key from before it was regenerated',
    async ({ journal }) => journal.signingKey.announce(theKey, 'another').acknowledge('another'),
    /^keys: .* signs, which nobody asked for$/m,
  ],
  [
    'half a secret',
    ({ home }) => writeFile(path.join(home, 'secrets/half.json'), '{"name":'),
    /^secrets: SyntaxError/m,
  ],
  [
    'a secret that everybody may read',
    async ({ home, journal }) => {
      journal.sentSecrets.add('sesame')
      await writeFile(path.join(home, 'secrets/open.json'), '{"name":"x","value":"sesame"}')
      await chmod(path.join(home, 'secrets/open.json'), 0o644)
    },
    /^secrets: open\.json has the mode 100644$/m,
  ],
  [
    'a secret that is gone',
    async ({ journal }) => journal.secrets.announce('cursor/default/hub/TOKEN', 'sesame').acknowledge(),
    /^secrets: cursor\/default\/hub\/TOKEN has another value than was asked for$/m,
  ],
  [
    'half files that heap up',
    async ({ home }) => {
      for (let count = 0; count < 70; count += 1)
        await writeFile(path.join(home, 'secrets', `.${count}.tmp`), '', { mode: 0o600 })
    },
    /^leftovers: 70 files are left over$/m,
  ],
  [
    'a half file that everybody may read',
    async ({ home }) => {
      await writeFile(path.join(home, 'secrets/.1.tmp'), '')
      await chmod(path.join(home, 'secrets/.1.tmp'), 0o644)
    },
    /^leftovers: .*has the mode 100644$/m,
  ],
]

describe('the inspection finds', () => {
  test('nothing where nothing is lost', async (t) => {
    assert.deepEqual(await inspect(await prepare(t)), [])
  })

  test('nothing again, once it has taken what it found for what is there', async (t) => {
    const lost = await prepare(t)
    lost.journal.entries.announce('cursor/default/files', null)
    assert.deepEqual([await inspect(lost), await inspect(lost)], [[], []])
    assert.deepEqual(lost.journal.entries.possible('cursor/default/files'), ['/torture/1'])
  })

  for (const [what, lose, said] of losses) {
    test(what, async (t) => {
      const lost = await prepare(t)
      await lose(lost)
      assert.match((await inspect(lost)).join('\n'), said)
    })
  }
})

interface Lost extends Stage {
  readonly orchestrator: Orchestrator
  readonly artifactId: string
  readonly token: string
  readonly keyId: string
  /** The file of Cursor, and how its user wrote it. */
  readonly file: string
  readonly original: string
}

const ref = { clientId: 'cursor', profileId: 'default' }

/** A home with three releases, a deployment and a token, and the journal of it. */
async function prepare(t: TestContext): Promise<Lost> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-inspection-'))
  const { home, user, files } = await prepareGround(folder)
  const orchestrator = createOrchestrator({ home, env: { HOME: user }, platform: 'linux' })
  t.after(async () => {
    await orchestrator.close()
    await rm(folder, { recursive: true, force: true })
  })
  const stage = { home, user, files, folders: await makeFolders(home, files), journal: createJournal() }
  const { signingKeyId } = await orchestrator.keys.initialize()
  stage.journal.signingKey.announce(theKey, undefined).acknowledge(signingKeyId)
  const artifactId = await publishThrice(orchestrator, stage)
  const { token } = await orchestrator.tokens.generate()
  stage.journal.tokens.announce(token, true).acknowledge()
  await beginAudit(orchestrator)
  const { path: file = '', text: original = '' } =
    files.find(({ client }) => client.clientId === 'cursor') ?? {}
  return { ...stage, orchestrator, artifactId, token, keyId: signingKeyId, file, original }
}

async function publishThrice({ drafts, releases, deployments }: Orchestrator, { journal }: Stage) {
  const entry = journal.entries.announce('cursor/default/files', '/torture/1')
  const input = { serverId: 'filesystem', serverName: 'files', params: { path: ['/torture/1'] } }
  const { draft } = await drafts.add(ref, input)
  entry.acknowledge()
  journal.revisions.set('cursor/default', draft.revision)
  for (const changelog of ['one', 'two', 'three']) {
    const { release } = await releases.publish(ref, { changelog })
    journal.publications.set(changelog, { ref: 'cursor/default', acknowledged: release })
  }
  const file = journal.files.announce('cursor', { profileId: 'default' })
  const { artifactId } = await deployments.deploy(ref, { deployedBy: 'priya' })
  file.acknowledge({ profileId: 'default', artifactId })
  return artifactId
}

/** Two entries, so that one can be missing between others. */
async function beginAudit({ audit }: Orchestrator): Promise<void> {
  for (const request_id of ['one', 'two']) {
    const change = {
      principal: 'priya',
      door: 'library',
      operation: 'publish_config',
      target: {},
      request_id,
    }
    await audit.refused(change as Parameters<typeof audit.refused>[0], 'validation_failed')
  }
}

function releaseKey(sequence: number): string {
  return `releases/cursor/default/${String(sequence).padStart(16, '0')}`
}
