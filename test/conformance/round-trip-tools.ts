import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Fixture, RoundTripState } from './fixture.ts'
import { createForm } from './form.ts'
import { text } from './samples.ts'
import { sample } from './sampling-tools.ts'

type Answer = CallToolResult | InputRequiredResult

/** Tools whose call takes several rounds (SEP-2322). What they have to remember travels with the client, signed. */
export function addRoundTripTools(server: McpServer, fixture: Fixture): void {
  const add = (
    name: string,
    description: string,
    handler: (context: ServerContext) => Answer | Promise<Answer>,
  ) => server.registerTool(`test_input_required_result_${name}`, { description }, handler)

  add('elicitation', 'Asks for a name and greets.', greet)
  add('list_roots', "Asks for the client's roots and counts them.", countRoots)
  add('capabilities', 'Asks only what the client can answer.', askWhatIsPossible)
  add('multiple_inputs', 'Asks the user and the model at once, and for the roots.', askEverybody(fixture))
  add('multi_round', 'Asks for a name, then for a color.', askTwice(fixture))
  add('request_state', 'Asks for a confirmation and remembers that it did.', confirm(fixture))
  add('tampered_state', 'Takes back only what it signed.', confirm(fixture))
}

const name = createForm({
  key: 'user_name',
  message: 'What is your name?',
  field: 'name',
  type: 'string',
})
const firstStep = createForm({
  key: 'step1',
  message: 'Step 1: What is your name?',
  field: 'name',
  type: 'string',
})
const secondStep = createForm({
  key: 'step2',
  message: 'Step 2: What is your favorite color?',
  field: 'color',
  type: 'string',
})
const confirmation = createForm({
  key: 'confirm',
  message: 'Please confirm',
  field: 'ok',
  type: 'boolean',
})

function greet(context: ServerContext): Answer {
  const given = name.read(context)
  return given === undefined
    ? inputRequired({ inputRequests: { [name.key]: name.request } })
    : text(`Hello, ${given}!`)
}

function countRoots({ mcpReq }: ServerContext): Answer {
  const answer = inputResponse(mcpReq.inputResponses, 'client_roots')
  return answer.kind === 'roots'
    ? text(`The client has ${answer.roots.length} roots.`)
    : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
}

function askWhatIsPossible({ mcpReq }: ServerContext): Answer {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {}
  const capabilities = Object(envelope[CLIENT_CAPABILITIES_META_KEY])
  if (mcpReq.inputResponses) return text('Thank you.')
  const inputRequests: Record<string, InputRequest> = {
    ...('elicitation' in capabilities && { [name.key]: name.request }),
    ...('sampling' in capabilities && { greeting: sample('Generate a greeting', 50) }),
  }
  return Object.keys(inputRequests).length > 0
    ? inputRequired({ inputRequests })
    : text('The client can answer nothing.')
}

function askEverybody({ codec }: Fixture) {
  return async (context: ServerContext): Promise<Answer> => {
    const given = name.read(context)
    const greeting = inputResponse(context.mcpReq.inputResponses, 'greeting')
    const roots = inputResponse(context.mcpReq.inputResponses, 'client_roots')
    if (given !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots')
      return text(`${given}: ${JSON.stringify(greeting.result.content)}, ${roots.roots.length} roots.`)
    return inputRequired({
      inputRequests: {
        [name.key]: name.request,
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await codec.mint({}, context),
    })
  }
}

function askTwice({ codec }: Fixture) {
  return async (context: ServerContext): Promise<Answer> => {
    const remembered = context.mcpReq.requestState<RoundTripState>()?.name
    const color = secondStep.read(context)
    if (remembered !== undefined && color !== undefined) return text(`${remembered} likes ${color}.`)
    const given = firstStep.read(context)
    const next = given === undefined ? firstStep : secondStep
    return inputRequired({
      inputRequests: { [next.key]: next.request },
      requestState: await codec.mint(given === undefined ? {} : { name: given }, context),
    })
  }
}

function confirm({ codec }: Fixture) {
  return async (context: ServerContext): Promise<Answer> => {
    // The SDK has verified the state by the time a handler sees it.
    const isOurs = context.mcpReq.requestState() !== undefined
    if (isOurs && confirmation.read(context) !== undefined) return text('state-ok')
    return inputRequired({
      inputRequests: { [confirmation.key]: confirmation.request },
      requestState: await codec.mint({}, context),
    })
  }
}
