import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Given, Then, When } from '@cucumber/cucumber'
import { firstLineOf, readGuide, sectionOf } from '../support/guides/guide.ts'
import { failuresOf } from '../support/guides/guide-run.ts'
import { createPairs, differenceOf } from '../support/guides/shown-output.ts'
import { startOnTerminal, type Terminal } from '../support/guides/terminal.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import { repository } from '../support/stage.ts'
import type { World } from '../support/world.ts'

const walk = 'The walk: from a token to a deployed file'
const profile = '$BASE/config/claude-desktop/default'
const file = '$HOME/.config/Claude/claude_desktop_config.json'

/** What the person's last command printed, and her file when she had come to the end of the walk. */
const answers = createKept<{ readonly text: string }>('an answer')
const files = createKept<{ readonly text: string }>('a file')
const terminals = createKept<Terminal>('a terminal')

Given<World>('{person} has followed the walk of {string}', async function (person: Person, path: string) {
  await this.setStage(person)
  const guide = await readGuide(join(repository, path))
  await this.follow({ ...sectionOf(guide, walk), path })
  assert.deepEqual(failuresOf(this.guideRun), [])
  files.keep(this, { text: await say(this, `cat ${file}`) })
})

When<World>(
  '{person} starts the server on her terminal for the first time',
  async function (_person: Person) {
    const terminal = await startOnTerminal('npm start', { cwd: repository, env: this.stage.env })
    this.stops.push(() => terminal.interrupt())
    await terminal.shows(/^ {2}curl .*\n/m)
    terminals.keep(this, terminal)
  },
)

When<World>('{person} mistypes her token', async function (_person: Person) {
  await answer(this, 'TOKEN="${TOKEN}x" api $BASE/clients')
})

When<World>('{person} adds the server {string}', async function (_person: Person, serverId: string) {
  await answer(this, add(serverId))
})

When<World>(
  '{person} adds {string}, publishes and deploys with dry_run',
  async function (_person: Person, serverId: string) {
    await say(this, `${add(serverId)}\napi ${profile}/publish -d '{}'`)
    await answer(this, `api ${profile}/deploy -d '{"dry_run": true}'`)
  },
)

When<World>(
  '{person} takes {string} out, publishes and deploys',
  async function (_person: Person, name: string) {
    const remove = `api ${profile}/draft/remove -d '{"server_name": "${name}"}'`
    await answer(this, `${remove}\napi ${profile}/publish -d '{}'\napi -X POST ${profile}/deploy`)
  },
)

Then<World>('she sees what {string} shows after {string}', async function (path: string, command: string) {
  const { fences } = await readGuide(join(repository, path))
  const index = fences.findIndex((fence) => firstLineOf(fence) === command)
  const shown = fences[index + 1]
  assert.ok(index >= 0 && shown, `${path} shows nothing after ${command}.`)
  // Before it npm says what it runs.
  const seen = this.stage.fromStage(terminals.of(this).text())
  const difference = differenceOf(shown.text, seen.slice(seen.indexOf('\n[') + 1), createPairs())
  assert.equal(difference, undefined, `${path}:${shown.line}:\n${difference}`)
})

Then<World>('the line to paste lists the clients', async function () {
  const [line] = await terminals.of(this).shows(/^ {2}curl .*$/m)
  const { stdout } = await promisify(execFile)('bash', ['-c', line], { env: this.stage.env })
  const { clients } = JSON.parse(stdout) as { readonly clients: readonly { readonly client_id: string }[] }
  assert.ok(clients.some(({ client_id }) => client_id === 'claude-desktop'))
})

Then<World>('she is told {string}', function (sentence: string) {
  const { detail } = JSON.parse(answers.of(this).text) as { readonly detail: string }
  assert.ok(detail.startsWith(sentence), detail)
})

Then<World>('with a new one she is answered', async function () {
  const fresh = "TOKEN=$(npm run -s generate-token | sed -n 's/^Generated token: //p')"
  const text = await say(this, `${fresh}\napi $BASE/clients`)
  assert.match(text, /^\{"clients":\[/)
})

Then<World>('the catalogue, where she is sent to, has {string}', async function (serverId: string) {
  const { detail } = JSON.parse(answers.of(this).text) as { readonly detail: string }
  const { paths } = JSON.parse(await say(this, 'curl -sS http://127.0.0.1:8000/openapi.json')) as Description
  const path = Object.keys(paths).find((each) => detail.includes(paths[each]?.get?.operationId ?? '\0'))
  assert.ok(path, `${detail} names no operation that can be looked up.`)
  assert.match(await say(this, `api http://127.0.0.1:8000${path}`), new RegExp(`"server_id":"${serverId}"`))
})

Then<World>('the answer holds the difference, with {string} in it', function (serverId: string) {
  const { status, diff } = JSON.parse(answers.of(this).text) as {
    readonly status: string
    readonly diff: string
  }
  assert.equal(status, 'dry_run')
  assert.match(diff, new RegExp(`^\\+ +"${serverId}": \\{$`, 'm'))
})

Then<World>('her file is as the walk left it', async function () {
  assert.equal(await say(this, `cat ${file}`), files.of(this).text)
})

Then<World>('her file is byte for byte the one that she began with', async function () {
  const [first] = this.guideRun.guide.fences
  const began = first?.text.match(/<<'END'\n([\s\S]*?)END\n/)?.[1]
  assert.equal(await say(this, `cat ${file}`), began)
  assert.notEqual(began, files.of(this).text)
})

interface Description {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly operationId?: string } }>>
}

function add(serverId: string): string {
  return `api ${profile}/draft/add -d '{"server_id": "${serverId}"}'`
}

/** Runs it in the shell of the walk and keeps what it prints. */
async function answer(world: World, script: string): Promise<void> {
  answers.keep(world, { text: await say(world, script) })
}

async function say(world: World, script: string): Promise<string> {
  const { stage, guideRun } = world
  const ending = await guideRun.shell.run(stage.toStage(script))
  const output = stage.fromStage(await ending.output())
  assert.equal(ending.exitCode, 0, output)
  return output
}
