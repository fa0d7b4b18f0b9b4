import type { TestContext } from 'node:test'
import { type FollowOptions, follow } from '../../value-scenarios/support/guides/follow.ts'
import { parseGuide } from '../../value-scenarios/support/guides/guide.ts'
import type { GuideRun } from '../../value-scenarios/support/guides/guide-run.ts'
import { createStage } from '../../value-scenarios/support/stage.ts'

export type Extras = Pick<FollowOptions, 'acts' | 'limits'>

/** Follows a guide of this text, whose name is guide.md; what it leaves is ended after the test. */
export async function followText(
  context: TestContext,
  markdown: string,
  extras: Extras = {},
): Promise<GuideRun> {
  const stage = await createStage('Priya')
  const stops: (() => Promise<void>)[] = [() => stage.remove()]
  context.after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  const onShell: FollowOptions['onShell'] = (shell) => void stops.push(() => shell.stop())
  return follow({ guide: parseGuide('guide.md', markdown), stage, onShell, ...extras })
}

/** A fence as markdown has it. */
export function fence(kind: string, ...lines: readonly string[]): string {
  return `\`\`\`${kind}\n${lines.map((line) => `${line}\n`).join('')}\`\`\`\n`
}
