import assert from 'node:assert/strict'
import { access, glob, readdir, readFile } from 'node:fs/promises'
import { before, describe, test } from 'node:test'
import { isPublic, readApi, textOf } from '../../scripts/reference/api/model.ts'
import { readDoor } from '../../scripts/reference/api/page.ts'
import { documentedCommands, documentedOptions } from '../../scripts/reference/cli/commands.ts'
import { findDrift } from '../../scripts/reference/drift.ts'
import { findingMeanings } from '../../scripts/reference/errors/finding-groups.ts'
import { readRoutes } from '../../scripts/reference/http-api/other-paths.ts'
import { anchor } from '../../scripts/reference/markdown.ts'
import { makePages } from '../../scripts/reference/pages.ts'
import { verificationFailures } from '../../src/artifacts/verification-failures.ts'
import { clients } from '../../src/clients/client.ts'
import { errorTitles } from '../../src/errors.ts'
import { statuses } from '../../src/http/problems/problems.ts'
import * as door from '../../src/index.ts'
import { resources, resourceTemplates } from '../../src/mcp/resources.ts'
import { tools } from '../../src/mcp/tools.ts'
import { adminOperations, operations } from '../../src/operations/operations.ts'

const folder = new URL('../../docs/reference/', import.meta.url)
const allOperations = [...operations, ...adminOperations]

describe('the reference', () => {
  let texts: Readonly<Record<string, string>> = {}
  before(async () => {
    texts = Object.fromEntries((await makePages()).map(({ file, text }) => [file, text]))
  })

  test('is what the sources say; after a change that is meant, run "npm run reference"', async () => {
    const pages = Object.entries(texts).map(([file, text]) => ({ file, text }))
    const drift = await findDrift(pages, await readdir(folder), (file) =>
      readFile(new URL(file, folder), 'utf8'),
    )
    assert.deepEqual(drift, [])
  })

  test('is made the same twice', async () => {
    const again = await makePages()
    assert.deepEqual(Object.fromEntries(again.map(({ file, text }) => [file, text])), texts)
  })

  test('has each operation with its path, fields, answer and errors', () => {
    for (const { id, method, path, input, output, errors } of allOperations) {
      const section = sectionOf(pageOf('http-api.md'), id)
      assert.ok(section.includes(`\`${method} ${path}\``), id)
      for (const name of [...Object.keys(input.properties), ...Object.keys(output.properties)])
        assert.ok(section.includes(`| \`${name}\` |`), `${id} ${name}`)
      for (const code of errors)
        assert.ok(section.includes(`(errors.md#${code})`) || isCommon(code), `${id} ${code}`)
      assert.match(section, /```sh\ncurl /, id)
    }
  })

  test('has every path that a server answers', async () => {
    const transport = door.createHttpTransport({ store: 'memory' })
    await transport.app.ready()
    const routes = readRoutes(transport.app.printRoutes({ commonPrefix: false }))
    await transport.close()
    assert.ok(routes.length > allOperations.length)
    const page = pageOf('http-api.md')
    for (const { path } of routes.filter((route) => !/^\/(?:docs|redoc|mcp)\//.test(route.path)))
      assert.match(
        page,
        new RegExp(`\`(?:(?:GET|POST|DELETE) )?${path.replaceAll(/[{}.]/g, '\\$&')}\``),
        path,
      )
  })

  test('has each tool with its arguments, and each resource', () => {
    for (const { name, listed } of tools) {
      const section = sectionOf(pageOf('mcp-tools.md'), name)
      for (const argument of Object.keys(listed.inputSchema.properties ?? {}))
        assert.ok(section.includes(`| \`${argument}\` |`), `${name} ${argument}`)
    }
    const uris = [
      ...resources.map(({ uri }) => uri),
      ...resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    ]
    for (const uri of uris) assert.ok(pageOf('mcp-tools.md').includes(`| \`${uri}\` |`), uri)
  })

  test('says of each error code its status, when it happens and what to do', () => {
    for (const [code, title] of Object.entries(errorTitles)) {
      const page = pageOf('errors.md')
      assert.ok(
        page.includes(`| [\`${code}\`](#${code}) | ${statuses[code as keyof typeof statuses]} | ${title} |`),
      )
      assert.match(sectionOf(page, code), /^[A-Z`].{20,}\n\n\*\*What to do:\*\* .{10,}/m, code)
    }
  })

  test('says what each finding means', () => {
    for (const [code, meaning] of Object.entries(findingMeanings))
      assert.ok(pageOf('errors.md').includes(`| \`${code}\` | ${meaning} |`), code)
  })

  test('has each option of each command, and each exit code', async () => {
    const page = pageOf('cli.md')
    for (const { command } of await documentedCommands())
      for (const { flags } of documentedOptions(command)) assert.ok(page.includes(`| \`${flags}\` |`), flags)
    for (const [name, { exitCode }] of Object.entries(verificationFailures))
      assert.ok(page.includes(`| ${exitCode} | \`${name}\` |`), name)
  })

  test('has each of our variables that the sources name, and each client', async () => {
    const page = pageOf('configuration.md')
    const variables = new Set<string>()
    for await (const file of glob('../../src/**/*.ts', { cwd: import.meta.dirname })) {
      const source = await readFile(new URL(file, import.meta.url), 'utf8')
      for (const [name] of source.matchAll(/\bMCP_ORCHESTRATION_[A-Z_]*[A-Z]\b/g)) variables.add(name)
    }
    assert.ok(variables.size >= 11)
    for (const name of variables) assert.ok(page.includes(`\n### \`${name}\`\n`), name)
    for (const { clientId } of clients) assert.ok(page.includes(`| \`${clientId}\` |`), clientId)
  })

  test('has each name of the public door', async () => {
    const page = pageOf('api.md')
    const names = await readDoor()
    assert.deepEqual(
      Object.keys(door).filter((name) => !names.includes(name)),
      [],
    )
    for (const name of names) assert.match(page, new RegExp(`\`${name}\``), name)
  })

  test('finds a doc comment on each name of the public door', async () => {
    const bare = (await readApi()).filter((item) => isPublic(item) && textOf(item).summary === '')
    assert.deepEqual(
      bare.map(({ name }) => name),
      [],
    )
  })

  test('has no link that leads nowhere, and no two headings alike', async () => {
    const anchors = new Map(Object.entries(texts).map(([file, text]) => [file, anchorsOf(text)]))
    for (const [file, text] of Object.entries(texts)) {
      const own = anchors.get(file) ?? []
      assert.deepEqual(own, [...new Set(own)], file)
      for (const [, address = ''] of text.matchAll(/\]\(([^)\s]+)\)/g))
        await assertLeads(address, file, anchors)
    }
  })

  function pageOf(file: string): string {
    return texts[file] ?? ''
  }

  function isCommon(code: string): boolean {
    const [, common = ''] = pageOf('http-api.md').split('## What any request can fail with')
    return common.includes(`(errors.md#${code})`)
  }
})

/** From a heading to the next of any rank. */
function sectionOf(page: string, name: string): string {
  const [, after = ''] = page.split(`\n### \`${name}\`\n`)
  const [section = ''] = after.split(/\n##+ /)
  assert.notEqual(section, '', name)
  return section
}

function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading))
}

async function assertLeads(
  address: string,
  from: string,
  anchors: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const [file = '', fragment] = address.split('#')
  if (file.startsWith('../')) return await access(new URL(file, folder))
  const target = anchors.get(file === '' ? from : file)
  assert.ok(target, `${from}: ${address}`)
  if (fragment !== undefined) assert.ok(target.includes(`#${fragment}`), `${from}: ${address}`)
}
