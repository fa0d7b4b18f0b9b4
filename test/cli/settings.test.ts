import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Command, type Option } from 'commander'
import { expiresAtOption, expiresInOption, toExpiryInput } from '../../src/cli/expiry.ts'
import {
  corsOriginsOption,
  dropEmptyVariables,
  failedAuthLimitOption,
  homeOption,
  hostOption,
  logLevelOption,
  maxDelayOption,
  portOption,
  storeOption,
  trustProxyOption,
  workersOption,
} from '../../src/cli/settings.ts'
import { exposureWarning } from '../../src/http/address.ts'

describe('a setting', () => {
  for (const [option, text, value] of [
    [portOption(), '0', 0],
    [portOption(), '65535', 65_535],
    [hostOption(), '::1', '::1'],
    [homeOption(), '/srv/state', '/srv/state'],
    [storeOption(), 'memory', 'memory'],
    [logLevelOption(), 'silent', 'silent'],
    [trustProxyOption(), 'true', true],
    [trustProxyOption(), 'false', false],
    [trustProxyOption(), '10.0.0.5, 192.168.0.0/16,fd00::/8', '10.0.0.5,192.168.0.0/16,fd00::/8'],
    [trustProxyOption(), 'loopback', 'loopback'],
    [corsOriginsOption(), '*', '*'],
    [
      corsOriginsOption(),
      'https://app.example.com, http://localhost:5173',
      ['https://app.example.com', 'http://localhost:5173'],
    ],
    [failedAuthLimitOption(), '5', 5],
    [failedAuthLimitOption(), 'off', false],
    [workersOption(), '1', 1],
    [workersOption(), '128', 128],
    [maxDelayOption(), '250', 250],
    [maxDelayOption(), 'off', false],
    [expiresInOption(), '90m', '90m'],
    [expiresInOption(), '2w', '2w'],
    [expiresAtOption(), '2999-01-31', '2999-01-31'],
    [expiresAtOption(), '2999-01-31T18:30+02:00', '2999-01-31T18:30+02:00'],
  ] as const) {
    test(`takes ${option.long} ${text}`, () => assert.deepEqual(parse(option, text), value))
  }

  for (const [option, text] of [
    [portOption(), '65536'],
    [portOption(), '-1'],
    [portOption(), '80.5'],
    [portOption(), '0x50'],
    [portOption(), ''],
    [hostOption(), ' '],
    [homeOption(), ''],
    [storeOption(), 'redis://127.0.0.1'],
    [workersOption(), '0'],
    [workersOption(), '129'],
    [workersOption(), '2.5'],
    [workersOption(), 'auto'],
    [logLevelOption(), 'INFO'],
    [maxDelayOption(), '0'],
    [maxDelayOption(), '250ms'],
    [corsOriginsOption(), ''],
    [corsOriginsOption(), 'https://app.example.com/'],
    [corsOriginsOption(), 'https://app.example.com,*'],
    [trustProxyOption(), '1'],
    [trustProxyOption(), 'yes'],
    [trustProxyOption(), '10.0.0.0/33'],
    [trustProxyOption(), '10.0.0.0/8/8'],
    [trustProxyOption(), '10.0.0.1,'],
    [trustProxyOption(), 'fd00::/129'],
    [failedAuthLimitOption(), '0'],
    [failedAuthLimitOption(), '1.5'],
    [failedAuthLimitOption(), 'false'],
    [expiresInOption(), '0d'],
    [expiresInOption(), '30'],
    [expiresInOption(), '1.5h'],
    [expiresInOption(), '3y'],
    [expiresAtOption(), '2001-01-01'],
    [expiresAtOption(), '2999-02-30'],
    [expiresAtOption(), '2999-13-01'],
    [expiresAtOption(), '31.1.2999'],
    [expiresAtOption(), '2999-01-31 18:00'],
  ] as const) {
    test(`refuses ${option.long} ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(option, text), { code: 'commander.invalidArgument' })
    })
  }

  test('left out has a safe default', () => {
    assert.deepEqual(
      defaultsOf(
        hostOption(),
        portOption(),
        storeOption(),
        logLevelOption(),
        trustProxyOption(),
        corsOriginsOption(),
      ),
      {
        host: '127.0.0.1',
        port: 8000,
        store: 'sqlite',
        logLevel: 'info',
        corsOrigins: '*',
      },
    )
  })

  test('that is an empty variable counts as left out', () => {
    const env = { MCP_ORCHESTRATION_PORT: '', MCP_ORCHESTRATION_HOST: '::1', OTHER: '' }
    dropEmptyVariables(env)
    assert.deepEqual(env, { MCP_ORCHESTRATION_HOST: '::1', OTHER: '' })
  })
})

describe("a token's end", () => {
  test('is none unless told', () => assert.deepEqual(toExpiryInput({}), {}))

  test('goes to the operation as it was given', () => {
    assert.deepEqual(toExpiryInput({ expiresAt: '2999-01-31' }), { expires_at: '2999-01-31' })
    assert.deepEqual(toExpiryInput({ expiresIn: '30d' }), { expires_in: '30d' })
  })
})

describe('the warning of exposure', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
    test(`is not given for ${host}`, () => assert.equal(exposureWarning(host, false), undefined))
  }

  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'gateway.example']) {
    test(`is given for ${host}`, () =>
      assert.match(exposureWarning(host, false) ?? '', new RegExp(`reach ${host},`)))
    test(`is given for ${host} where no proxy is trusted`, () => {
      assert.notEqual(exposureWarning(host, false), undefined)
    })
    test(`is not given for ${host} behind a trusted proxy`, () => {
      assert.equal(exposureWarning(host, true), undefined)
    })
  }
})

function commandWith(...options: readonly Option[]): Command {
  const command = new Command('test').exitOverride().configureOutput({ writeErr: () => {} })
  for (const option of options) command.addOption(option)
  return command
}

function parse(option: Option, text: string): unknown {
  return commandWith(option)
    .parse([String(option.long), text], { from: 'user' })
    .opts()[option.attributeName()]
}

function defaultsOf(...options: readonly Option[]): Record<string, unknown> {
  return commandWith(...options)
    .parse([], { from: 'user' })
    .opts()
}
