import { defineParameterType } from '@cucumber/cucumber'
import type { JsonObject } from '../../src/index.ts'
import { type Door, Refusal } from './door.ts'
import { openDoor } from './doors.ts'
import { runOperation } from './own-command.ts'
import type { World } from './world.ts'

/** The doors, each by the name under which the audit log has it. */
defineParameterType({ name: 'way', regexp: /http|mcp|stdio|cli|library/, transformer: (name) => name })

/** A door of its own for the attempt; over HTTP and `/mcp` with a token whose id the world then knows. */
export async function openWay(world: World, way: string): Promise<Door> {
  if (way === 'cli')
    return {
      call: async (id, input) => JSON.parse(await runOperation(world, id, input)),
      close: async () => {},
    }
  const { home, env } = world.sandbox
  const door = await openDoor(way, { home, env })
  world.stops.push(() => door.close())
  world.tokenId = (await world.orchestrator.tokens.list()).at(-1)?.id ?? ''
  return door
}

export async function refusedOrNot(call: () => Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code }
    throw error
  }
}
