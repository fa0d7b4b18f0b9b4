import { callOperation, createOrchestrator, OrchestrationError, scopes } from '../../src/index.ts'
import { type Door, operationOf, type Place, Refusal } from './door.ts'

const principal = { id: 'library', scopes }

/** As an app has it that imports the library: an orchestrator in its own process. */
export async function openLibraryDoor(place: Place): Promise<Door> {
  const orchestrator = createOrchestrator(place)
  return {
    async call(id, input) {
      try {
        return await callOperation(operationOf(id), { orchestrator, principal }, input)
      } catch (error) {
        throw error instanceof OrchestrationError ? toRefusal(error) : error
      }
    },
    close: () => orchestrator.close(),
  }
}

function toRefusal({ code, message, errors }: OrchestrationError): Refusal {
  return new Refusal({ code, detail: message, errors })
}
