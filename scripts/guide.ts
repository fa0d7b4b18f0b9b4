/**
 * Follows one guide, as its scenarios do: `npm run guide -- docs/how-to/x.md`. With `--write` the outputs that the guide shows are written
 * anew from this run. It is a run of Cucumber, since a feature may set up what its guide needs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

/** The scenarios of a feature that follow the guide, as `3:14`; empty when there is none. */
export function scenariosAbout(guide: string, feature: string): string {
  const lines = feature.split('\n')
  const steps = lines.flatMap((line, index) =>
    / follows "/.test(line) && line.includes(`"${guide}"`) ? [index] : [],
  )
  const scenarios = steps.map((step) =>
    lines.slice(0, step).findLastIndex((line) => /^\s*Scenario:/.test(line)),
  )
  return scenarios.map((index) => index + 1).join(':')
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [guide, ...more] = positionals
  if (guide === undefined || more.length > 0)
    return complain('Name one guide: npm run guide -- docs/how-to/x.md [--write]')
  const places = await placesAbout(guide)
  if (places.length === 0)
    return complain(`No feature follows "${guide}". value-scenarios/README.md has the pattern of one.`)
  process.exitCode = await follow(places, values.write ? { write: guide } : {})
}

async function placesAbout(guide: string): Promise<readonly string[]> {
  const places: string[] = []
  for await (const feature of glob('value-scenarios/**/*.feature')) {
    const scenarios = scenariosAbout(guide, await readFile(feature, 'utf8'))
    if (scenarios !== '') places.push(`${feature}:${scenarios}`)
  }
  return places
}

/** One scenario after the other, as each writes the guide. */
async function follow(places: readonly string[], parameters: object): Promise<number> {
  const manifest = createRequire(import.meta.url).resolve('@cucumber/cucumber/package.json')
  const script = path.join(path.dirname(manifest), 'bin', 'cucumber.js')
  const world = ['--world-parameters', JSON.stringify(parameters)]
  const args = [script, '--profile', 'value-one', '--parallel', '0', ...world, ...places]
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close')
  return code ?? 1
}

function complain(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main()
