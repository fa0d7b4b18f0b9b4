import type { Door, Place } from './door.ts'
import { openHttpDoor } from './http-door.ts'
import { openLibraryDoor } from './library-door.ts'
import { openMcpDoor } from './mcp-door.ts'
import { openStdioDoor } from './stdio-door.ts'

/** By the names that the profiles of cucumber.cjs give them. */
const doors: Readonly<Record<string, (place: Place) => Promise<Door>>> = {
  library: openLibraryDoor,
  http: openHttpDoor,
  stdio: openStdioDoor,
  mcp: openMcpDoor,
}

export function openDoor(name: string, place: Place): Promise<Door> {
  const open = doors[name]
  if (!open) throw new Error(`There is no door "${name}". There are ${Object.keys(doors).join(', ')}.`)
  return open(place)
}
