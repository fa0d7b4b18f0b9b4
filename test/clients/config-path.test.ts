import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Client, clients, getClient, type Platform } from '../../src/clients/client.ts'
import { configPathPatterns, createConfigFileLocator } from '../../src/clients/config-path.ts'

const mac = { HOME: '/Users/priya' }
const linux = { HOME: '/home/priya' }
const windows = {
  USERPROFILE: 'C:\\Users\\priya',
  APPDATA: 'C:\\Users\\priya\\AppData\\Roaming',
  LOCALAPPDATA: 'C:\\Users\\priya\\AppData\\Local',
}

describe('The patterns of a client', () => {
  const cases: readonly (readonly [string, Platform, Readonly<Record<string, string>>, readonly string[]])[] =
    [
      [
        'claude-desktop',
        'darwin',
        mac,
        ['/Users/priya/Library/Application Support/Claude/claude_desktop_config.json'],
      ],
      ['claude-desktop', 'linux', linux, ['/home/priya/.config/Claude/claude_desktop_config.json']],
      [
        'claude-desktop',
        'win32',
        windows,
        [
          'C:\\Users\\priya\\AppData\\Local\\Packages\\Claude_*\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
          'C:\\Users\\priya\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
        ],
      ],
      ['cursor', 'darwin', mac, ['/Users/priya/.cursor/mcp.json']],
      ['cursor', 'win32', windows, ['C:\\Users\\priya\\.cursor\\mcp.json']],
      ['vscode', 'darwin', mac, ['/Users/priya/Library/Application Support/Code/User/mcp.json']],
      ['vscode', 'win32', windows, ['C:\\Users\\priya\\AppData\\Roaming\\Code\\User\\mcp.json']],
      ['vscode', 'linux', linux, ['/home/priya/.config/Code/User/mcp.json']],
      ['vscode-insiders', 'linux', linux, ['/home/priya/.config/Code - Insiders/User/mcp.json']],
      ['zed', 'darwin', mac, ['/Users/priya/.config/zed/settings.json']],
      ['zed', 'win32', windows, ['C:\\Users\\priya\\AppData\\Roaming\\Zed\\settings.json']],
      ['zed', 'linux', linux, ['/home/priya/.config/zed/settings.json']],
      [
        'opencode',
        'win32',
        windows,
        [
          'C:\\Users\\priya\\.config\\opencode\\opencode.jsonc',
          'C:\\Users\\priya\\.config\\opencode\\opencode.json',
        ],
      ],
      [
        'cline',
        'linux',
        linux,
        [
          '/home/priya/.cline/data/settings/cline_mcp_settings.json',
          '/home/priya/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
        ],
      ],
    ]

  for (const [clientId, platform, env, expected] of cases) {
    test(`${clientId} on ${platform}`, () => {
      assert.deepEqual(configPathPatterns(getClient(clientId), platform, env), expected)
    })
  }

  test('are absolute on every platform, and one at least has no wildcard', () => {
    for (const client of clients) {
      for (const [platform, env] of [
        ['darwin', mac],
        ['linux', linux],
        ['win32', windows],
      ] as const) {
        const patterns = configPathPatterns(client, platform, env)
        const { isAbsolute } = platform === 'win32' ? path.win32 : path.posix
        assert.ok(
          patterns.every((pattern) => isAbsolute(pattern) && !/[$%~]/.test(pattern)),
          client.clientId,
        )
        assert.ok(
          patterns.some((pattern) => !pattern.includes('*')),
          client.clientId,
        )
      }
    }
  })
})

describe('The environment', () => {
  test('XDG_CONFIG_HOME moves the clients that honour it, and no others', () => {
    const env = { ...linux, XDG_CONFIG_HOME: '/xdg' }
    const first = (clientId: string, platform: Platform) =>
      configPathPatterns(getClient(clientId), platform, env)[0]
    assert.equal(first('vscode', 'linux'), '/xdg/Code/User/mcp.json')
    assert.equal(first('zed', 'linux'), '/xdg/zed/settings.json')
    assert.equal(first('zed', 'darwin'), '/home/priya/.config/zed/settings.json')
    assert.equal(first('crush', 'darwin'), '/xdg/crush/crush.json')
    assert.equal(first('cursor', 'linux'), '/home/priya/.cursor/mcp.json')
    assert.equal(first('amp', 'linux'), '/home/priya/.config/amp/settings.json')
  })

  test('an XDG_CONFIG_HOME that is empty or relative is ignored, as the XDG specification says', () => {
    for (const value of ['', 'config', './config', '~/config', '\0']) {
      const patterns = configPathPatterns(getClient('zed'), 'linux', { ...linux, XDG_CONFIG_HOME: value })
      assert.deepEqual(patterns, ['/home/priya/.config/zed/settings.json'])
    }
  })

  test("a variable of the client's own leaves no other place", () => {
    const own: readonly (readonly [string, string, string])[] = [
      ['claude-code', 'CLAUDE_CONFIG_DIR', '/own/.claude.json'],
      ['copilot-cli', 'COPILOT_HOME', '/own/mcp-config.json'],
      ['crush', 'CRUSH_GLOBAL_CONFIG', '/own/crush.json'],
      ['gemini-cli', 'GEMINI_CLI_HOME', '/own/.gemini/settings.json'],
      ['cline', 'CLINE_MCP_SETTINGS_PATH', '/own'],
      ['cline', 'CLINE_DATA_DIR', '/own/settings/cline_mcp_settings.json'],
      ['cline', 'CLINE_DIR', '/own/data/settings/cline_mcp_settings.json'],
      ['vscode', 'VSCODE_PORTABLE', '/own/user-data/User/mcp.json'],
      ['vscode', 'VSCODE_APPDATA', '/own/Code/User/mcp.json'],
      ['zed', 'FLATPAK_XDG_CONFIG_HOME', '/own/zed/settings.json'],
    ]
    for (const [clientId, variable, expected] of own) {
      const env = { ...linux, [variable]: '/own' }
      assert.deepEqual(configPathPatterns(getClient(clientId), 'linux', env), [expected])
      const ignored = configPathPatterns(getClient(clientId), 'linux', { ...linux, [variable]: 'relative' })
      assert.deepEqual(ignored, configPathPatterns(getClient(clientId), 'linux', linux))
    }
  })

  test('of two variables of the client the one that it asks first counts', () => {
    const env = { ...linux, CLINE_DIR: '/dir', CLINE_MCP_SETTINGS_PATH: '/file.json' }
    assert.deepEqual(configPathPatterns(getClient('cline'), 'linux', env), ['/file.json'])
  })

  test('without the folders of Windows their usual places below the profile hold', () => {
    const patterns = configPathPatterns(getClient('claude-desktop'), 'win32', {
      USERPROFILE: 'D:\\p',
      APPDATA: 'x',
    })
    assert.deepEqual(patterns, [
      'D:\\p\\AppData\\Local\\Packages\\Claude_*\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json',
      'D:\\p\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    ])
  })

  test('without a home folder it says so, instead of making up a path', () => {
    const lost = (platform: Platform, env: Readonly<Record<string, string>>) => () =>
      configPathPatterns(getClient('cursor'), platform, env)
    const code = 'config_file_unreadable'
    assert.throws(lost('linux', {}), {
      code,
      message: /^HOME isn't set, so the config file of Cursor can't be found\./,
    })
    assert.throws(lost('linux', { HOME: 'here' }), {
      code,
      message: /^HOME is "here", which isn't an absolute path/,
    })
    assert.throws(lost('win32', { HOME: '/home/x' }), { code, message: /^USERPROFILE isn't set/ })
  })

  test('a home folder is not needed where a variable says it all', () => {
    assert.deepEqual(configPathPatterns(getClient('zed'), 'win32', { APPDATA: 'C:\\r' }), [
      'C:\\r\\Zed\\settings.json',
    ])
    assert.deepEqual(configPathPatterns(getClient('claude-code'), 'linux', { CLAUDE_CONFIG_DIR: '/c' }), [
      '/c/.claude.json',
    ])
  })

  test('a platform that the client is not on is said to be none', () => {
    const macOnly: Client = { ...getClient('cursor'), configPaths: { darwin: ['~/x'], win32: [], linux: [] } }
    const expected = { code: 'config_file_unreadable', message: /^Cursor has no config file on linux\./ }
    assert.throws(() => configPathPatterns(macOnly, 'linux', linux), expected)
    assert.throws(() => configPathPatterns(getClient('cursor'), 'freebsd' as Platform, linux), {
      message: /freebsd/,
    })
  })
})

describe('The file itself', () => {
  let home = ''
  const app: Client = {
    ...getClient('claude-desktop'),
    configPaths: {
      darwin: [],
      win32: [],
      linux: ['~/Packages/App_*/Roaming/config.json', '~/roaming/config.json'],
    },
  }
  const locate = (client: Client) => createConfigFileLocator('linux', { HOME: home })(client)
  const put = async (...parts: readonly string[]) => {
    const file = path.join(home, ...parts)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, '{}')
    return file
  }

  before(async () => {
    // A star of the user's own is no wildcard.
    home = path.join(await realpath(await mkdtemp(path.join(tmpdir(), 'clients-'))), 'ho*me')
    await mkdir(home)
  })
  after(() => rm(path.dirname(home), { recursive: true, force: true }))

  test('comes from the first pattern without a wildcard when nothing is there', async () => {
    assert.equal(locate(app), path.join(home, 'roaming', 'config.json'))
    assert.equal(locate(getClient('opencode')), path.join(home, '.config/opencode/opencode.jsonc'))
  })

  test('that is there wins, in the order of the patterns', async () => {
    const json = await put('.config', 'opencode', 'opencode.json')
    assert.equal(locate(getClient('opencode')), json)
    const jsonc = await put('.config', 'opencode', 'opencode.jsonc')
    assert.equal(locate(getClient('opencode')), jsonc)
  })

  test('counts as there when it is a dangling link, or a folder', async () => {
    await mkdir(path.join(home, '.config/kilo/kilo.json'), { recursive: true })
    assert.equal(locate(getClient('kilo-code')), path.join(home, '.config/kilo/kilo.json'))
    await symlink('nowhere', path.join(home, '.config/kilo/kilo.jsonc'))
    assert.equal(locate(getClient('kilo-code')), path.join(home, '.config/kilo/kilo.jsonc'))
  })

  test('is sought in the folder of an app that is installed but has no file yet', async () => {
    await mkdir(path.join(home, 'Packages', 'App_b', 'Roaming'), { recursive: true })
    await mkdir(path.join(home, 'Packages', 'App_a'), { recursive: true })
    await mkdir(path.join(home, 'Packages', 'Other_c', 'Roaming'), { recursive: true })
    assert.equal(locate(app), path.join(home, 'Packages', 'App_b', 'Roaming', 'config.json'))
  })

  test('that is there wins over a folder without one', async () => {
    const roaming = await put('roaming', 'config.json')
    assert.equal(locate(app), roaming)
    const packaged = await put('Packages', 'App_b', 'Roaming', 'config.json')
    assert.equal(locate(app), packaged)
    const earlier = await put('Packages', 'App_a', 'Roaming', 'config.json')
    assert.equal(locate(app), earlier)
  })

  test('below something that is no folder is not there', async () => {
    await writeFile(path.join(home, '.cursor'), '')
    assert.equal(locate(getClient('cursor')), path.join(home, '.cursor', 'mcp.json'))
    const wild: Client = { ...app, configPaths: { ...app.configPaths, linux: ['~/.cursor/*/x.json'] } }
    assert.throws(() => locate(wild), { code: 'config_file_unreadable' })
  })

  test('that can not be looked at counts as there', async () => {
    const long: Client = {
      ...app,
      configPaths: { ...app.configPaths, linux: [`~/${'x'.repeat(300)}`, '~/roaming/config.json'] },
    }
    assert.equal(locate(long), path.join(home, 'x'.repeat(300)))
  })

  test('is sought where the environment says by then, and made or taken away is seen at once', async () => {
    const env: Record<string, string> = { HOME: home }
    const current = createConfigFileLocator('linux', env)
    const files = [path.join(home, '.config/kilo/kilo.jsonc'), path.join(home, 'moved/kilo/kilo.jsonc')]
    assert.equal(current(getClient('kilo-code')), files[0])
    env.XDG_CONFIG_HOME = path.join(home, 'moved')
    assert.equal(current(getClient('kilo-code')), files[1])
    const json = await put('moved', 'kilo', 'kilo.json')
    assert.equal(current(getClient('kilo-code')), json)
    await rm(json)
    assert.equal(current(getClient('kilo-code')), files[1])
  })
})
