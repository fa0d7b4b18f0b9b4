import { invariants, settle } from './invariants.ts'
import { type Scene, type Stage, withScene } from './scene.ts'

/** Looks whether every invariant holds; answers where one doesn't, and takes what it found for what is there from now on. */
export async function inspect(stage: Stage): Promise<readonly string[]> {
  return await withScene(stage, async (scene) => {
    const failures = await judge(scene)
    await settle(scene).catch((error) => failures.push(`can't be read: ${error}`))
    return failures
  }).catch((error) => [`can't be read: ${error}`])
}

async function judge(scene: Scene): Promise<string[]> {
  const failures: string[] = []
  for (const { name, check } of invariants) {
    try {
      for await (const failure of check(scene)) failures.push(`${name}: ${failure}`)
    } catch (error) {
      failures.push(`${name}: ${error}`)
    }
  }
  return failures
}
