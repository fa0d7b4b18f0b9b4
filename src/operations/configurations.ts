import { invalidRequest } from '../errors.ts'
import type { ReleaseSummary } from '../orchestrator.ts'
import type { Payload } from '../vocabulary.ts'
import { defineOperation } from './operation.ts'
import {
  artifactId,
  clientId,
  closed,
  nullable,
  payload,
  profileId,
  profilePath,
  profileRef,
  sequence,
  serverCount,
  time,
  toRef,
  toSelector,
} from './schemas.ts'
import { Type } from './type.ts'

const changelog = nullable(Type.String({ description: 'What the publisher said of it.' }))

const summary = Type.Object({ sequence, artifact_id: artifactId, created_at: time, changelog })

const envelope = Type.Object(
  {
    payloadType: Type.String({ description: 'The media type of what was signed.' }),
    payload: Type.String({ description: 'The in-toto statement, in base64.' }),
    signatures: Type.Array(
      Type.Object({
        keyid: Type.String({ description: 'The RFC 7638 thumbprint of the public key.' }),
        sig: Type.String({ description: 'In base64.' }),
      }),
    ),
  },
  { description: 'The signed release: a DSSE envelope around an in-toto statement.' },
)

export const getConfig = defineOperation({
  id: 'get_config',
  method: 'GET',
  path: profilePath,
  tool: 'get_config',
  scope: 'read',
  keepable: true,
  summary: 'Get a published configuration',
  description:
    'The latest release of a profile, or an earlier one by artifact or sequence, with its signature; and the list of those before it when asked.',
  input: closed({
    ...profileRef,
    artifact_id: Type.Optional(artifactId),
    sequence: Type.Optional(sequence),
    history: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        description: 'How many earlier releases to list, newest first.',
      }),
    ),
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'List releases before this sequence, to page through the history.',
      }),
    ),
  }),
  output: Type.Object({
    artifact_id: artifactId,
    client_id: Type.String(),
    profile_id: Type.String(),
    created_at: time,
    payload,
    signature: Type.String({
      description: 'The Ed25519 signature of the envelope that verifies with the signing key, in base64.',
    }),
    signing_key_id: Type.String({ description: "The RFC 7638 thumbprint of the signer's public key." }),
    envelope,
    metadata: Type.Object({
      changelog,
      server_count: serverCount,
      sequence,
      previous_artifact_id: nullable(artifactId),
    }),
    history: Type.Optional(
      Type.Array(summary, { description: 'When asked for: earlier releases, the newest first.' }),
    ),
  }),
  errors: [
    'client_not_found',
    'profile_not_found',
    'nothing_published',
    'artifact_not_found',
    'signature_invalid',
    'artifact_corrupt',
  ],
  async handler({ orchestrator }, input) {
    const ref = toRef(input)
    const release = await orchestrator.releases.get(ref, toSelector(input))
    const answer = {
      artifact_id: release.artifactId,
      client_id: release.clientId,
      profile_id: release.profileId,
      created_at: release.createdAt,
      payload: release.payload,
      signature: release.signature,
      signing_key_id: release.signingKeyId,
      envelope: release.envelope,
      metadata: {
        changelog: release.changelog,
        server_count: release.serverCount,
        sequence: release.sequence,
        previous_artifact_id: release.previousArtifactId,
      },
    }
    if (input.history === undefined && input.before === undefined) return answer
    const page = { limit: input.history ?? 100, before: input.before ?? release.sequence }
    const history = await orchestrator.releases.history(ref, page)
    return { ...answer, history: history.map(toSummary) }
  },
})

const localMessage =
  'Give one of "local_payload" and "local_artifact_id": what the release is to be compared with.'

export const diffConfig = defineOperation({
  id: 'diff_config',
  method: 'POST',
  path: '/v1/config/diff',
  tool: 'diff_config',
  scope: 'read',
  summary: 'Compare a configuration with the latest release',
  description:
    'Says how the latest release of a profile differs from a configuration that you have, and whether yours is an earlier release.',
  input: closed({
    client_id: clientId,
    profile_id: profileId,
    local_payload: Type.Optional(payload),
    local_artifact_id: Type.Optional(artifactId),
  }),
  output: Type.Object({
    status: Type.Enum(['up-to-date', 'outdated', 'diverged'], {
      description: 'outdated: yours equals an earlier release; diverged: it equals none.',
    }),
    local_artifact_id: artifactId,
    remote_artifact_id: artifactId,
    diff: Type.Object({
      servers_added: Type.Array(Type.String(), { description: 'In the latest release, but not in yours.' }),
      servers_removed: Type.Array(Type.String(), { description: 'In yours, but not in the latest release.' }),
      servers_modified: Type.Array(
        Type.Object({
          server_name: Type.String(),
          changes: Type.Array(
            Type.Object({
              path: Type.String({ description: 'A JSON Pointer into the server entry.' }),
              old_value: Type.Unknown({ description: 'Null where there was none.' }),
              new_value: Type.Unknown({ description: 'Null where there is none any more.' }),
            }),
          ),
        }),
        { description: 'In both, but not alike.' },
      ),
      servers_unchanged: Type.Array(Type.String(), { description: 'In both, and alike.' }),
    }),
    summary: Type.String({ description: 'The difference in a sentence.' }),
    recommendation: Type.String({ description: 'What to do about it.' }),
  }),
  errors: [
    'client_not_found',
    'profile_not_found',
    'nothing_published',
    'artifact_not_found',
    'signature_invalid',
    'artifact_corrupt',
  ],
  async handler({ orchestrator, principal }, input) {
    const [ref, local] = [toRef(input), toLocal(input)]
    // Elsewhere any artifact may be compared; of another profile's, a difference would tell what the limits keep back.
    if (principal.limits && 'artifactId' in local) await orchestrator.releases.get(ref, local)
    const { diff, ...comparison } = await orchestrator.releases.compare(ref, local)
    return {
      status: comparison.status,
      local_artifact_id: comparison.localArtifactId,
      remote_artifact_id: comparison.remoteArtifactId,
      diff: {
        servers_added: diff.added,
        servers_removed: diff.removed,
        servers_modified: diff.modified.map(({ serverName, changes }) => ({
          server_name: serverName,
          changes: changes.map(({ path, oldValue, newValue }) => ({
            path,
            old_value: oldValue,
            new_value: newValue,
          })),
        })),
        servers_unchanged: diff.unchanged,
      },
      summary: comparison.summary,
      recommendation: comparison.recommendation,
    }
  },
})

interface LocalInput {
  readonly local_payload?: Payload
  readonly local_artifact_id?: string
}

function toLocal({ local_payload, local_artifact_id }: LocalInput) {
  if (local_payload !== undefined && local_artifact_id === undefined) return { payload: local_payload }
  if (local_artifact_id !== undefined && local_payload === undefined) return { artifactId: local_artifact_id }
  throw invalidRequest([{ code: 'required', pointer: '/local_payload', message: localMessage }])
}

function toSummary({ sequence, artifactId, createdAt, changelog }: ReleaseSummary) {
  return { sequence, artifact_id: artifactId, created_at: createdAt, changelog }
}
