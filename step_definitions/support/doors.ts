import type { Door, Place } from './door.ts'
import { openHttpDoor } from './http-door.ts'
import { openLibraryDoor } from './library-door.ts'
import { openMcpDoor } from './mcp-door.ts'
import { serveHomeByWorkers } from './served-home.ts'
import { openStdioDoor } from './stdio-door.ts'

/** By the names that the profiles of cucumber.cjs give them. */
const doors: Readonly<Record<string, (place: Place) => Promise<Door>>> = {
  library: openLibraryDoor,
  http: openHttpDoor,
  stdio: openStdioDoor,
  mcp: openMcpDoor,
  'http-workers': (place) => openHttpDoor(place, serveHomeByWorkers),
  'mcp-workers': (place) => openMcpDoor(place, serveHomeByWorkers),
  workers: openBothDoors,
}

/** Two workers, HTTP and MCP by turns: what one of them was told through one door, the other has to know at the other. */
async function openBothDoors(place: Place): Promise<Door> {
  const home = await serveHomeByWorkers(place)
  // Closed by the one of the doors that can fail to open.
  const mcp = await openMcpDoor(place, async () => home)
  const http = await openHttpDoor(place, async () => home)
  let turn = [http, mcp] as const
  return {
    call(id, input) {
      const [door, next] = turn
      turn = [next, door]
      return door.call(id, input)
    },
    close: mcp.close,
  }
}

export function openDoor(name: string, place: Place): Promise<Door> {
  const open = doors[name]
  if (!open) throw new Error(`There is no door "${name}". There are ${Object.keys(doors).join(', ')}.`)
  return open(place)
}
