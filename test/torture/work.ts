import type { Answer, Call } from './caller.ts'
import type { Dice } from './dice.ts'
import {
  clientIds,
  type Journal,
  plainNames,
  profileIds,
  refs,
  secretNames,
  secretVariable,
  theKey,
} from './journal.ts'
import type { Pending } from './places.ts'

/** What one worker has at hand. */
export interface Bench {
  readonly call: Call
  readonly dice: Dice
  readonly journal: Journal
  readonly tally: Tally
  /** A text that no other call of it ever gives, in all of the run. */
  readonly unique: () => string
}

/** How the requests of all workers came out. */
export interface Tally {
  acknowledged: number
  refused: number
  inDoubt: number
  /** What no worker has an explanation for: a fault of the server's, or of the torture's. */
  readonly unexpected: string[]
}

type Job = (bench: Bench) => Promise<void>

/** Does one thing after the other until the server is gone. */
export async function work(bench: Bench, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      await chooseJob(bench.dice)(bench)
    } catch (error) {
      bench.tally.inDoubt += 1
      if (!isOver()) bench.tally.unexpected.push(`${error} while nobody killed the server`)
      return
    }
  }
}

/** Out of a hundred. */
const jobs: readonly (readonly [number, Job])[] = [
  [22, addPlain],
  [10, addSecret],
  [16, remove],
  [16, publish],
  [18, deploy],
  [5, createToken],
  [3, revokeToken],
  [2, rotateToken],
  [2, regenerateKey],
  [6, look],
]

function chooseJob(dice: Dice): Job {
  let drawn = dice.below(100)
  const chosen = jobs.find(([share]) => {
    drawn -= share
    return drawn < 0
  })
  return chosen?.[1] ?? look
}

async function addPlain(bench: Bench): Promise<void> {
  const { dice, unique } = bench
  const [ref, name, marker] = [pickRef(dice), dice.pick(plainNames), `/torture/${unique()}`]
  const entry = bench.journal.entries.announce(`${ref}/${name}`, marker)
  const body = { server_id: 'filesystem', server_name: name, params: { path: [marker] } }
  await settle(bench, ref, 'add', body, [entry], ['server_already_in_draft'])
}

async function addSecret(bench: Bench): Promise<void> {
  const { dice, journal, unique } = bench
  const [ref, name, marker] = [pickRef(dice), dice.pick(secretNames), `https://${unique()}.example.com`]
  const secret = `secret-${unique()}`
  journal.sentSecrets.add(secret)
  const entry = journal.entries.announce(`${ref}/${name}`, marker)
  const kept = journal.secrets.announce(`${ref}/${name}/${secretVariable}`, secret)
  const env_vars = { [secretVariable]: secret, GITHUB_HOST: marker }
  const body = { server_id: 'github', server_name: name, env_vars }
  await settle(bench, ref, 'add', body, [entry, kept], ['server_already_in_draft'])
}

async function remove(bench: Bench): Promise<void> {
  const { dice, journal } = bench
  const [ref, name] = [pickRef(dice), dice.pick([...plainNames, ...secretNames])]
  const entry = journal.entries.announce(`${ref}/${name}`, null)
  await settle(bench, ref, 'remove', { server_name: name }, [entry], ['server_not_in_draft'])
}

/** An edit of a draft, with what it writes to which places. */
async function settle(
  bench: Bench,
  ref: string,
  edit: 'add' | 'remove',
  body: object,
  pending: readonly Pick<Pending<unknown>, 'acknowledge' | 'refuse'>[],
  refusals: readonly string[],
): Promise<void> {
  const answer = await bench.call('POST', `/v1/config/${ref}/draft/${edit}`, body)
  const isDone = judge(bench, answer, refusals)
  for (const each of pending) isDone ? each.acknowledge() : each.refuse()
  if (!isDone) return
  const { revisions } = bench.journal
  revisions.set(ref, Math.max(revisions.get(ref) ?? 0, Number(answer.body.revision)))
}

async function publish(bench: Bench): Promise<void> {
  const { dice, journal, unique } = bench
  const [ref, changelog] = [pickRef(dice), `Change ${unique()}`]
  journal.publications.set(changelog, { ref, acknowledged: undefined })
  const answer = await bench.call('POST', `/v1/config/${ref}/publish`, { changelog })
  if (!judge(bench, answer, ['profile_not_found'])) return void journal.publications.delete(changelog)
  const acknowledged = { sequence: Number(answer.body.sequence), artifactId: String(answer.body.artifact_id) }
  journal.publications.set(changelog, { ref, acknowledged })
}

/** The latest, or an older one by its sequence, now and then over what somebody else may have written. */
async function deploy(bench: Bench): Promise<void> {
  const { dice, journal } = bench
  const [clientId, profileId] = [dice.pick(clientIds), dice.pick(profileIds)]
  const sequence = dice.percent(40) ? pickSequence(bench, `${clientId}/${profileId}`) : undefined
  const which = { profileId, ...(sequence !== undefined && { sequence }) }
  const file = journal.files.announce(clientId, which)
  const body = { ...(sequence !== undefined && { sequence }), ...(dice.percent(20) && { overwrite: true }) }
  const answer = await bench.call('POST', `/v1/config/${clientId}/${profileId}/deploy`, body)
  if (!judge(bench, answer, deployRefusals)) return file.refuse()
  file.acknowledge({ ...which, artifactId: String(answer.body.artifact_id) })
}

/** The last one where another server deploys into the same file. */
const deployRefusals = ['profile_not_found', 'nothing_published', 'config_file_changed']

function pickSequence({ dice, journal }: Bench, ref: string): number | undefined {
  const known = [...journal.publications.values()].filter((each) => each.ref === ref)
  return dice.pickAny(known.flatMap(({ acknowledged }) => acknowledged?.sequence ?? []))
}

async function createToken(bench: Bench): Promise<void> {
  const answer = await bench.call('POST', '/admin/tokens', { name: bench.unique() })
  if (judge(bench, answer, [])) keepToken(bench.journal, answer)
}

async function revokeToken(bench: Bench): Promise<void> {
  const [id, token] = takeToken(bench) ?? []
  if (id === undefined || token === undefined) return
  const ended = bench.journal.tokens.announce(token, false)
  const answer = await bench.call('DELETE', `/admin/tokens/${id}`)
  if (judge(bench, answer, [])) ended.acknowledge()
}

async function rotateToken(bench: Bench): Promise<void> {
  const [id, token] = takeToken(bench) ?? []
  if (id === undefined || token === undefined) return
  const ended = bench.journal.tokens.announce(token, false)
  const answer = await bench.call('POST', `/admin/tokens/${id}/rotate`, { overlap: '0s' })
  if (!judge(bench, answer, [])) return
  ended.acknowledge()
  keepToken(bench.journal, answer)
}

function keepToken({ tokens, revocable }: Journal, { body }: Answer): void {
  const token = String(body.token)
  tokens.announce(token, true).acknowledge()
  revocable.set(String(body.token_id), token)
}

/** Nobody else takes it then, so that no two workers end the same one. */
function takeToken({ dice, journal: { revocable } }: Bench): readonly [string, string] | undefined {
  const taken = dice.pickAny([...revocable])
  if (taken) revocable.delete(taken[0])
  return taken
}

async function regenerateKey(bench: Bench): Promise<void> {
  const made = bench.journal.signingKey.announce(theKey, undefined)
  const answer = await bench.call('POST', '/v1/keys/initialize', { regenerate: true })
  if (judge(bench, answer, [])) made.acknowledge(String(answer.body.signing_key_id))
}

/** A look may write, too: what became of a file is recorded when it is seen. Nobody edits the files, so each is as it was deployed. */
async function look(bench: Bench): Promise<void> {
  const clientId = bench.dice.pick(clientIds)
  const answer = await bench.call('GET', `/v1/clients/${clientId}/profiles`)
  if (!judgeAnswer(bench, answer, [])) return
  const profiles = answer.body.profiles as readonly ListedProfile[]
  const states = profiles.flatMap(({ deployment }) => deployment?.file_state ?? [])
  if (states.some((state) => state !== 'in_sync'))
    bench.tally.unexpected.push(`${clientId} is told to be ${states}`)
}

interface ListedProfile {
  readonly deployment: { readonly file_state: string } | null
}

/** Whether the change was made; then it is in the audit log. */
function judge(bench: Bench, answer: Answer, refusals: readonly string[]): boolean {
  const isDone = judgeAnswer(bench, answer, refusals)
  if (isDone) bench.journal.acknowledged.add(answer.requestId)
  return isDone
}

/** Whether it was done. What was neither done nor refused for a known reason is a finding. */
function judgeAnswer({ tally }: Bench, { status, body }: Answer, refusals: readonly string[]): boolean {
  if (status === 200) {
    tally.acknowledged += 1
    return true
  }
  if (refusals.includes(String(body.code))) tally.refused += 1
  else tally.unexpected.push(`${status} ${JSON.stringify(body)}`)
  return false
}

function pickRef(dice: Dice): string {
  return dice.pickAny(refs) ?? ''
}
