import { type Door, type Failure, operationOf, type Place, Refusal } from './door.ts'
import { toRequest } from './endpoints.ts'
import { jsonOf, send } from './http.ts'
import { type ServeHome, serveHome } from './served-home.ts'

/** As a program has it that speaks HTTP: a request on a socket for each operation. */
export async function openHttpDoor(place: Place, serve: ServeHome = serveHome): Promise<Door> {
  const { url, headers, close } = await serve(place)
  return {
    async call(id, input) {
      const { path, ...request } = toRequest(operationOf(id), input)
      const answer = await send(url + path, { ...request, headers })
      if (answer.status !== 200) throw new Refusal(jsonOf<Failure>(answer))
      return jsonOf(answer)
    },
    close,
  }
}
