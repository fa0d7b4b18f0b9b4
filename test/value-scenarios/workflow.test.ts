import assert from 'node:assert/strict'
import { test } from 'node:test'
import { carryOut, parseWorkflow } from '../../value-scenarios/support/authentication/workflow.ts'
import { createStage } from '../../value-scenarios/support/stage.ts'

const head =
  'defaults: { run: { shell: bash } }\njobs:\n  publish:\n    env: { TOKEN: "${{ secrets.TOKEN }}" }\n'

test('a workflow is carried out up to the step that fails, with its settings in the environment', async (t) => {
  const stage = await createStage('Priya')
  t.after(() => stage.remove())
  const steps = '[{ name: a, run: "echo $TOKEN" }, { name: b, run: "false | cat" }, { name: c, run: "true" }]'
  const runs = await carryOut(parseWorkflow(`${head}    steps: ${steps}`), { 'secrets.TOKEN': 'x1' }, stage)
  assert.deepEqual(
    runs.map(({ name, exitCode, output }) => ({ name, exitCode, output })),
    [
      { name: 'a', exitCode: 0, output: 'x1\n' },
      { name: 'b', exitCode: 1, output: '' },
    ],
  )
})

test('a workflow that asks for what nobody has set is not carried out', async (t) => {
  const stage = await createStage('Priya')
  t.after(() => stage.remove())
  const workflow = parseWorkflow(`${head}    steps: [{ name: a, run: "true" }]`)
  await assert.rejects(carryOut(workflow, {}, stage), /Nobody has set the secrets\.TOKEN that/)
})

test('a step with an expression in its command is refused', () => {
  const steps = '[{ name: a, run: "echo ${{ secrets.TOKEN }}" }]'
  assert.throws(() => parseWorkflow(`${head}    steps: ${steps}`), /"a" has an expression in its command/)
})

test('a step that is no command is refused, for it would be left out', () => {
  assert.throws(() => parseWorkflow(`${head}    steps: [{ uses: actions/checkout@v6 }]`), /"uses" of a step/)
})
