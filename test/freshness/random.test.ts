import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGround, type Ground } from './ground.ts'
import { expected, first, isPossible, type Question, type State, type Step, steps } from './model.ts'

const count = 300

/** `FRESHNESS_SEED` makes the steps of a former run again; how they interleave is the machine's. */
const seed = Number(process.env.FRESHNESS_SEED ?? Math.floor(Math.random() * 2 ** 31))

test('whatever is read was so during the request, in any order of reads and changes', async (t) => {
  t.diagnostic(`FRESHNESS_SEED=${seed}`)
  const ground = await createGround(t)
  let state: State = first
  let asked = 0
  let answered = 0
  for (const [index, step] of fc.sample(steps, { seed, numRuns: count }).entries()) {
    const before = state
    // So that it is kept when the change comes.
    const earlier = await askAll(ground, step.questions)
    check(index, step, earlier, [before])
    const changing = isPossible(before, step) ? ground.change(before, step) : Promise.resolve(before)
    const [after, meanwhile] = await Promise.all([changing, askAll(ground, step.meanwhile)])
    // What was asked meanwhile may be from before the change; what is asked from now on may not.
    check(index, step, meanwhile, [before, after])
    const later = await askAll(ground, step.questions)
    check(index, step, later, [after])
    state = after
    const all = [...earlier, ...meanwhile, ...later]
    asked += all.length
    answered += all.filter(({ answer }) => answer !== undefined).length
  }
  assert.ok(answered > asked / 2, `Of ${asked} questions ${answered} were answered.`)
})

interface Asked {
  readonly question: Question
  readonly answer: string | undefined
}

function askAll(ground: Ground, questions: readonly Question[]): Promise<readonly Asked[]> {
  return Promise.all(questions.map(async (question) => ({ question, answer: await ground.ask(question) })))
}

function check(index: number, step: Step, asked: readonly Asked[], states: readonly State[]): void {
  for (const { question, answer } of asked) {
    if (answer === undefined) continue
    const right = states.map((state) => expected(state, question))
    const place = `seed ${seed}, step ${index}, ${JSON.stringify({ change: step.change, question })}`
    assert.ok(
      right.includes(answer),
      `${place}: "${answer}", not ${right.map((each) => `"${each}"`).join(' or ')}`,
    )
  }
}
