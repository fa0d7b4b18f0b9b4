import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { VerifiedRelease, VerifyReleaseOptions } from '../artifacts/release-verification.ts'
import { type VerificationFailure, verificationFailures } from '../artifacts/verification-failures.ts'
import { OrchestrationError } from '../errors.ts'
import { isId } from '../vocabulary.ts'
import { VerificationError } from './complaint.ts'
import { readKeySetBytes, readReleaseBytes, toKeySetSource } from './verify-sources.ts'

interface VerifySettings {
  readonly jwks: string
  readonly client?: string
  readonly profile?: string
  readonly minSequence?: number
  readonly json?: true
}

const examples = `
Examples:
  $ mcp-orchestration verify release.json --jwks keys.json --client cursor --profile default
  $ mcp-orchestration verify release.json --jwks https://config.example/.well-known/jwks.json --min-sequence 7
  $ mcp-orchestration call get_config --json '{"client_id":"cursor","profile_id":"default"}' \\
      | mcp-orchestration verify - --jwks keys.json --json

It needs no home and makes none. Only the keys that you give are trusted; what a key says its id is counts for nothing.`

export function createVerifyCommand(): Command {
  return new Command('verify')
    .summary('check a release anywhere')
    .description("Checks what get_config answered with nothing but the publisher's public keys.")
    .helpOption('-h, --help', 'show this help')
    .addArgument(new Argument('<file>', 'the answer of get_config; - reads it from stdin'))
    .addOption(
      new Option(
        '--jwks <source>',
        'the public keys, a JWK set: a file, or a URL (https, or http on this machine)',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--client <id>', 'the client that it must be for').argParser(toId))
    .addOption(new Option('--profile <id>', 'the profile that it must be for').argParser(toId))
    .addOption(
      new Option('--min-sequence <number>', 'the oldest release that is accepted').argParser(toSequence),
    )
    .option(
      '--json',
      'print what was signed as JSON: client_id, profile_id, sequence, artifact_id, created_at, changelog, release_digest, previous_release, signing_key_id, payload',
    )
    .action((file: string, settings: VerifySettings) => verify(file, settings))
    .addHelpText('after', () => `\nExit codes beside 0, 1 and 2:\n${describeFailures()}\n${examples}`)
}

async function verify(file: string, settings: VerifySettings): Promise<void> {
  const source = toKeySetSource(settings.jwks)
  const { verifyRelease } = await import('../artifacts/release-verification.ts')
  const keys = await parse(await readKeySetBytes(source), 'key_set_unusable')
  const answer = await parse(await readReleaseBytes(file), 'not_a_release')
  const verification = verifyRelease(answer, toOptions(keys, settings))
  if (!verification.ok) throw new VerificationError(verification.failure, verification.message)
  process.stdout.write(settings.json ? toJson(verification.release) : toText(verification.release))
}

/** As strict as over HTTP: what two readers could understand in two ways is neither a release nor a key set. */
async function parse(bytes: Uint8Array, failure: VerificationFailure): Promise<unknown> {
  const { parseJson } = await import('../json-text.ts')
  try {
    return parseJson(bytes)
  } catch (error) {
    if (error instanceof OrchestrationError) throw new VerificationError(failure, error.message)
    throw error
  }
}

function toOptions(keys: unknown, { client, profile, minSequence }: VerifySettings): VerifyReleaseOptions {
  return {
    keys,
    ...(client !== undefined && { clientId: client }),
    ...(profile !== undefined && { profileId: profile }),
    ...(minSequence !== undefined && { minSequence }),
  }
}

function toText(release: VerifiedRelease): string {
  const { clientId, profileId, sequence, artifactId, signingKeyId, createdAt } = release
  return `verified: ${clientId}/${profileId} release ${sequence}, artifact ${artifactId}, signed by ${signingKeyId}, made at ${createdAt}\n`
}

function toJson(release: VerifiedRelease): string {
  const answer = {
    client_id: release.clientId,
    profile_id: release.profileId,
    sequence: release.sequence,
    artifact_id: release.artifactId,
    created_at: release.createdAt,
    changelog: release.changelog,
    release_digest: release.releaseDigest,
    previous_release: release.previousRelease,
    signing_key_id: release.signingKeyId,
    payload: release.payload,
  }
  return `${JSON.stringify(answer, null, 2)}\n`
}

function describeFailures(): string {
  const failures = Object.entries(verificationFailures)
  const width = Math.max(...failures.map(([name]) => name.length))
  return failures
    .map(([name, { exitCode, title }]) => `  ${exitCode}  ${name.padEnd(width)}  ${title}`)
    .join('\n')
}

function toId(value: string): string {
  if (isId(value)) return value
  throw new InvalidArgumentError('An id looks like cursor or team-a.')
}

function toSequence(value: string): number {
  const sequence = Number(value)
  if (/^[1-9]\d*$/.test(value) && Number.isSafeInteger(sequence)) return sequence
  throw new InvalidArgumentError('Give a whole number from 1 up.')
}
