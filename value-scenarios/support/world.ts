import assert from 'node:assert/strict'
import { join } from 'node:path'
import { World as CucumberWorld, setWorldConstructor } from '@cucumber/cucumber'
import { follow } from './guides/follow.ts'
import type { Guide } from './guides/guide.ts'
import type { GuideRun, OperatingSystemAct } from './guides/guide-run.ts'
import { writeOutputs } from './guides/written-outputs.ts'
import { createStage, repository, type Stage } from './stage.ts'

/** What a profile of cucumber.cjs, or `npm run guide`, says of its run. */
interface Parameters {
  /** The guide whose outputs are written anew instead of being compared. */
  readonly write?: string
}

/** One scenario's world: the stage on which its person works, and what came of the guide that the person followed. */
export class World extends CucumberWorld<Parameters> {
  /** What ends the scenario, run in reverse. */
  readonly stops: (() => unknown)[] = []
  /** What the machine does where a guide tells the operating system to. */
  readonly acts: OperatingSystemAct[] = []
  #stage: Stage | undefined
  #run: GuideRun | undefined
  #isSeen = true

  async setStage(person: string): Promise<Stage> {
    const stage = await createStage(person)
    this.#stage = stage
    this.stops.push(() => stage.remove())
    return stage
  }

  get stage(): Stage {
    assert.ok(this.#stage, "Nobody has the product's commands yet.")
    return this.#stage
  }

  /** Follows a guide to its end, or to the first command that fails. A guide of the repository's root is followed there. */
  async follow(guide: Guide): Promise<void> {
    const { stage, acts } = this
    const cwd = guide.path.includes('/') ? stage.home : repository
    this.#isSeen = false
    const run = await follow({
      guide,
      stage,
      acts,
      cwd,
      onShell: (shell) => this.stops.push(() => shell.stop()),
    })
    this.#run = run
    if (this.parameters.write === guide.path) await writeOutputs(join(repository, guide.path), run)
  }

  /** What came of the guide. */
  get guideRun(): GuideRun {
    assert.ok(this.#run, 'Nobody has followed a guide.')
    this.#isSeen = true
    return this.#run
  }

  get hasUnseenRun(): boolean {
    return !this.#isSeen
  }
}

setWorldConstructor(World)
