/** Prints what the suites are called and how long they are meant to take. A process of its own: they import the package by its name. */
import { readOptions } from '../../perf/options.ts'
import { chooseSuites, suites } from '../../perf/suites.ts'

function secondsOf(...args: readonly string[]): number {
  const options = readOptions(args)
  return chooseSuites(options).reduce((sum, suite) => sum + suite.seconds(options.pace), 0)
}

console.log(
  JSON.stringify({
    names: suites.map(({ name }) => name),
    fullSeconds: secondsOf(),
    quickSeconds: secondsOf('--quick'),
  }),
)
