import type { World } from './world.ts'

/** What one step of a scenario leaves for a later one. */
export interface Kept<T> {
  keep(world: World, value: T): void
  /** Throws where no step has left any. */
  of(world: World): T
}

/** Of a kind that only one file of steps is about; the world holds what all of them share. */
export function createKept<T extends object>(name: string): Kept<T> {
  const values = new WeakMap<World, T>()
  return {
    keep: (world, value) => void values.set(world, value),
    of(world) {
      const value = values.get(world)
      if (value === undefined) throw new Error(`No step of this scenario has left ${name}.`)
      return value
    },
  }
}
