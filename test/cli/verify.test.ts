import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { verificationFailures } from '../../src/artifacts/verification-failures.ts'
import { UsageError, VerificationError } from '../../src/cli/complaint.ts'
import { readKeySetBytes, toKeySetSource } from '../../src/cli/verify-sources.ts'
import { createSandbox, type Outcome, run, type Sandbox } from '../support/sandbox.ts'
import { createDelivery } from './delivery.ts'

const bin = 'mcp-orchestration'

function verify(sandbox: Sandbox, args: readonly string[] = [], input = ''): Promise<Outcome> {
  return run(sandbox, bin, ['verify', 'release.json', '--jwks', 'keys.json', ...args], { input })
}

function assertRefused({ code, stdout, stderr }: Outcome, exitCode: number, complaint: RegExp): void {
  assert.match(stderr, complaint)
  assert.match(stderr, /^error: [^\n]+\n$/)
  assert.equal(stdout, '')
  assert.equal(code, exitCode)
}

describe('mcp-orchestration verify', () => {
  test('says in one line what it verified', async (context) => {
    const delivery = await createDelivery(context)
    const { artifact_id, signing_key_id, created_at } = JSON.parse(delivery.release)
    const { code, stdout, stderr } = await verify(delivery)
    assert.equal(
      stdout,
      `verified: cursor/default release 1, artifact ${artifact_id}, signed by ${signing_key_id}, made at ${created_at}\n`,
    )
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })

  test('prints what was signed as JSON for --json, and reads the release from stdin for -', async (context) => {
    const delivery = await createDelivery(context)
    const answer = JSON.parse(delivery.release)
    const args = ['verify', '-', '--jwks', 'keys.json', '--json']
    const { code, stdout } = await run(delivery, bin, args, { input: `\ufeff${delivery.release}` })
    assert.equal(code, 0)
    const { release_digest, ...printed } = JSON.parse(stdout)
    assert.match(release_digest, /^[0-9a-f]{64}$/)
    assert.deepEqual(printed, {
      client_id: 'cursor',
      profile_id: 'default',
      sequence: 1,
      artifact_id: answer.artifact_id,
      created_at: answer.created_at,
      changelog: 'First',
      previous_release: null,
      signing_key_id: answer.signing_key_id,
      payload: answer.payload,
    })
  })

  test('makes nothing, neither in the home nor in the working folder', async (context) => {
    const delivery = await createDelivery(context)
    const folder = path.join(delivery.folder, 'empty')
    await mkdir(folder)
    const env = { HOME: folder, MCP_ORCHESTRATION_HOME: path.join(folder, 'state') }
    assert.equal(
      (await run(delivery, bin, ['verify', 'release.json', '--jwks', 'keys.json'], { env })).code,
      0,
    )
    assert.deepEqual(await readdir(folder), [])
    assert.deepEqual((await readdir(delivery.folder)).toSorted(), [
      'empty',
      'keys.json',
      'priya',
      'release.json',
      'user',
    ])
  })

  test('refuses what is not asked for, each with its own exit code', async (context) => {
    const delivery = await createDelivery(context)
    assert.equal(
      (await verify(delivery, ['--client', 'cursor', '--profile', 'default', '--min-sequence', '1'])).code,
      0,
    )
    assertRefused(await verify(delivery, ['--client', 'zed']), 15, /^error: wrong_client: /)
    assertRefused(await verify(delivery, ['--profile', 'dev']), 16, /^error: wrong_profile: /)
    assertRefused(await verify(delivery, ['--min-sequence', '2']), 17, /^error: sequence_too_old: /)
  })

  test('refuses a release that two readers could read in two ways', async (context) => {
    const delivery = await createDelivery(context)
    const twice = delivery.release.replace('{', '{"client_id":"cursor",')
    for (const text of [twice, '', '{', 'null', delivery.jwks, '['.repeat(100_000)]) {
      await writeFile(path.join(delivery.folder, 'release.json'), text)
      assertRefused(await verify(delivery), 10, /^error: not_a_release: /)
    }
  })

  test('refuses a release of more than 16 MiB without reading on', async (context) => {
    const delivery = await createDelivery(context)
    await writeFile(path.join(delivery.folder, 'release.json'), Buffer.alloc(16 * 1024 * 1024 + 1, ' '))
    assertRefused(await verify(delivery), 10, /larger than 16777216 bytes/)
    if (!existsSync('/dev/zero')) return
    const endless = ['verify', '/dev/zero', '--jwks', 'keys.json']
    assertRefused(await run(delivery, bin, endless), 10, /larger than 16777216 bytes/)
  })

  test('fails with 1 when the release cannot be read', async (context) => {
    const delivery = await createDelivery(context)
    const missing = ['verify', 'no\nsuch.json', '--jwks', 'keys.json']
    assertRefused(
      await run(delivery, bin, missing),
      1,
      /^error: "no\\nsuch.json" can't be read: no such file or directory\.\n$/,
    )
  })

  test('fails with 18 when the key set cannot be had or used, and shows no private key', async (context) => {
    const delivery = await createDelivery(context)
    const keys = ['verify', 'release.json', '--jwks', 'other.json']
    assertRefused(
      await run(delivery, bin, keys),
      18,
      /^error: key_set_unusable: .*"other\.json": no such file or directory\.\n$/,
    )
    const { privateKey } = generateKeyPairSync('ed25519')
    const jwk = privateKey.export({ format: 'jwk' })
    for (const text of [
      '',
      '{"keys":[],"keys":[]}',
      ' '.repeat(1024 * 1024 + 1),
      JSON.stringify({ keys: [jwk] }),
    ]) {
      await writeFile(path.join(delivery.folder, 'other.json'), text)
      const outcome = await run(delivery, bin, keys)
      assertRefused(outcome, 18, /^error: key_set_unusable: /)
      assert.ok(!outcome.stderr.includes(String(jwk.d)))
    }
  })

  test('takes wrong usage for what it is', async (context) => {
    const delivery = await createDelivery(context)
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['verify', 'release.json'], /--jwks <source>' not specified/],
      [['verify', '--jwks', 'keys.json'], /missing required argument 'file'/],
      [['verify', 'a', 'b', '--jwks', 'keys.json'], /too many arguments/],
      [['verify', 'release.json', '--jwks', 'keys.json', '--client', 'Cursor'], /An id looks like/],
      [['verify', 'release.json', '--jwks', 'keys.json', '--profile', ''], /An id looks like/],
      [['verify', 'release.json', '--jwks', 'keys.json', '--min-sequence', '0'], /whole number from 1/],
      [
        ['verify', 'release.json', '--jwks', 'keys.json', '--min-sequence', '9007199254740993'],
        /whole number/,
      ],
      [['verify', 'release.json', '--jwks', 'http://config.example/keys'], /must be https/],
    ]
    for (const [args, complaint] of wrong) assertRefused(await run(delivery, bin, args), 2, complaint)
  })

  test('lists every failure with its exit code, in its help as in the reference', async (context) => {
    const { stdout, code } = await run(await createSandbox(context), bin, ['verify', '--help'])
    const reference = await readFile(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8')
    assert.equal(code, 0)
    for (const [name, { exitCode, title }] of Object.entries(verificationFailures)) {
      assert.match(stdout, new RegExp(`\\n  ${exitCode}  ${name} +${title}\\n`))
      assert.ok(reference.includes(`\n| ${exitCode} | \`${name}\` | ${title} |\n`), name)
    }
  })
})

describe('A key set by its URL', () => {
  test('is got over http from this machine, as JSON', async (context) => {
    const delivery = await createDelivery(context)
    const asked: (string | undefined)[] = []
    const url = await serve(context, ({ headers }, response) => {
      asked.push(headers.accept)
      response.end(delivery.jwks)
    })
    const { code, stderr } = await run(delivery, bin, ['verify', 'release.json', '--jwks', url])
    assert.equal(code, 0, stderr)
    assert.deepEqual(asked, ['application/jwk-set+json, application/json'])
  })

  test('is not sought where a redirect leads', async (context) => {
    let followed = 0
    const elsewhere = await serve(context, (_request, response) => {
      followed += 1
      response.end('{"keys":[]}')
    })
    const url = await serve(context, (_request, response) => {
      response.writeHead(302, { location: elsewhere }).end()
    })
    await assert.rejects(get(url), isUnusable(/it was answered with 302\.$/))
    assert.equal(followed, 0)
  })

  test('is not there when the answer is anything but a success', async (context) => {
    for (const status of [204, 404, 500]) {
      const url = await serve(context, (_request, response) => response.writeHead(status).end())
      await assert.rejects(get(`${url}?token=hunter2`), isUnusable(new RegExp(`answered with ${status}\\.$`)))
    }
  })

  test('is not waited for without end, nor read without end', async (context) => {
    const silent = await serve(context, () => {})
    await assert.rejects(get(silent, 50), isUnusable(/timeout/))
    const slow = await serve(context, (_request, response) => void response.write('{'))
    await assert.rejects(get(slow, 50), isUnusable(/timeout/))
    const endless = await serve(context, (_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) {}
      }
      response.on('drain', pour)
      pour()
    })
    await assert.rejects(get(endless), isUnusable(/larger than 1048576 bytes/))
  })

  test('is not there when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await assert.rejects(get(`http://127.0.0.1:${port}/`), isUnusable(/connection refused\.$/))
  })

  test('is not there when the connection breaks in the middle', async (context) => {
    const url = await serve(context, (_request, response) => {
      response.write('{', () => response.destroy())
    })
    await assert.rejects(get(url), isUnusable(/: (?:UND_ERR_SOCKET|connection reset by peer)\.$/))
  })

  test('may be https anywhere, and http on this machine, however it is written', () => {
    for (const url of [
      'https://config.example/keys',
      'http://127.0.0.1:1',
      'http://0x7f.1/',
      'http://[::1]/',
      'HTTP://LOCALHOST/',
    ])
      assert.ok(toKeySetSource(url) instanceof URL, url)
    for (const file of ['keys.json', './a:b', 'C:\\keys.json', '']) assert.equal(toKeySetSource(file), file)
  })

  test('may be nothing else, and is not repeated', () => {
    for (const url of [
      'http://config.example/hunter2',
      'http://127.0.0.1.example/hunter2',
      'http://[::ffff:8.8.8.8]/hunter2',
      'ftp://127.0.0.1/hunter2',
      'file:///hunter2',
      'https://priya:hunter2@config.example/',
      'https://hunter2@config.example/',
      'https://hunter2 /',
    ])
      assert.throws(
        () => toKeySetSource(url),
        (error) => error instanceof UsageError && !error.message.includes('hunter2'),
        url,
      )
  })
})

function get(url: string, timeoutMs?: number): Promise<Uint8Array> {
  return readKeySetBytes(toKeySetSource(url), timeoutMs)
}

function isUnusable(message: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof VerificationError &&
    error.exitCode === 18 &&
    message.test(error.message) &&
    !error.message.includes('hunter2')
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
}
