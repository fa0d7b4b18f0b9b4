import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import openapiTypeScript, { astToString } from 'openapi-typescript'

/** The types of a client, as openapi-typescript makes them of an OpenAPI document, in this repository's format. */
export async function generateTypes(document: string): Promise<string> {
  return format(astToString(await openapiTypeScript(document)))
}

function format(source: string): string {
  const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url))
  return execFileSync(process.execPath, [biome, 'format', '--stdin-file-path=api.ts'], {
    input: source,
    encoding: 'utf8',
  })
}
