import { type Finding, invalidValue, OrchestrationError } from '../errors.ts'
import { quote } from '../json.ts'
import type { ProfileRef } from '../vocabulary.ts'

export function invalidProfileId(profileId: string): OrchestrationError {
  const sentence = `${quote(profileId)} can't be a profile's id: use 1 to 64 of a-z, 0-9, ".", "_" and "-", a letter or digit first.`
  return invalidValue('/profile_id', sentence)
}

export function invalidServerName(serverName: string): OrchestrationError {
  return invalidValue('/server_name', invalidServerNameSentence(serverName))
}

export function invalidServerNameSentence(serverName: string): string {
  return `${quote(serverName)} can't be a server's name: use 1 to 64 of A-Z, a-z, 0-9, "_", "." and "-", and no name of JavaScript's own.`
}

export function invalidInput(serverId: string, errors: readonly Finding[]): OrchestrationError {
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const sentence = `"${serverId}" was not added: ${errors[0]?.message}${more}`
  return new OrchestrationError('validation_failed', sentence, { errors })
}

export function alreadyInDraft(ref: ProfileRef, serverName: string): OrchestrationError {
  const sentence = `"${serverName}" is in the draft of ${nameOf(ref)} already. Remove it first, or give another server_name.`
  return new OrchestrationError('server_already_in_draft', sentence)
}

export function notInDraft(
  ref: ProfileRef,
  serverName: string,
  names: readonly string[],
): OrchestrationError {
  const there = names.length === 0 ? 'It is empty.' : `In it are: ${listOf(names)}.`
  const sentence = `${quote(serverName)} is not in the draft of ${nameOf(ref)}. ${there}`
  return new OrchestrationError('server_not_in_draft', sentence)
}

export function wrongRevision(
  ref: ProfileRef,
  current: number,
  expected: number | undefined,
): OrchestrationError {
  const sentence = `The draft of ${nameOf(ref)} is at revision ${current}, not ${expected}. View it, then try again with revision ${current}.`
  return new OrchestrationError('precondition_failed', sentence)
}

export function noDraft(ref: ProfileRef): OrchestrationError {
  const sentence = `${ref.clientId} has no draft "${ref.profileId}". Add a server to begin one.`
  return new OrchestrationError('profile_not_found', sentence)
}

export function damaged(key: string): OrchestrationError {
  const sentence = `What the store holds under ${key} is no draft. Restore the store from a backup, or delete that key.`
  return new OrchestrationError('internal_error', sentence)
}

const mostListed = 20

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).map(quote).join(', ')
  return names.length > mostListed ? `${shown} and ${names.length - mostListed} more` : shown
}

function nameOf({ clientId, profileId }: ProfileRef): string {
  return `${clientId}/${profileId}`
}
