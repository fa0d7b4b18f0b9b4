import { readFileSync } from 'node:fs'

/** The version in package.json, which stands one folder above this file in the sources and in the built package alike. */
export const version: string = readVersion()

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
