import { type Office, openOffice } from '../../value-scenarios/support/n8n/office.ts'
import { behindProxy } from '../../value-scenarios/support/n8n/proxy.ts'
import {
  type Credential,
  readWorkflow,
  type Workflow,
  withSettings,
} from '../../value-scenarios/support/n8n/workflow.ts'
import type { Case } from './cases.ts'

/** A case on a server of its own, with its workflow filled in for that server. */
export interface Trial {
  readonly case: Case
  readonly index: number
  readonly office: Office
  readonly workflow: Workflow
  readonly credential: Credential
}

/**
 * n8n holds the workflows and credentials of all cases at once, so each workflow has an id of its own, and each credential a name by
 * which n8n finds it: it knows no credential with the id that stands in the file, and doesn't in a user's installation either.
 */
export async function prepareTrial(each: Case, index: number): Promise<Trial> {
  const opened = await openOffice()
  await each.prepare(opened)
  const office = each.proxy ? await behindProxy(opened, each.proxy) : opened
  const credential = { ...office.credential, id: `credential${index}`, name: `credential of case ${index}` }
  const places = { base_url: office.url, alert_url: office.alertUrl }
  const workflow = withSettings(await readWorkflow(each.workflow), { ...places, ...each.settings })
  const text = JSON.stringify({ ...workflow, id: `workflow${index}` })
  const own = JSON.parse(text.replaceAll(`"${office.credential.name}"`, `"${credential.name}"`)) as Workflow
  return { case: each, index, office, workflow: own, credential }
}
