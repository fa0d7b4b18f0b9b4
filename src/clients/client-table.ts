import type { RemoteShape, StdioShape } from './entry-shape.ts'

/** The operating systems whose conventions for clients' files are known, as `process.platform` names them. */
export type Platform = 'darwin' | 'win32' | 'linux'

/**
 * Everything that is particular to a client, as data.
 *
 * A path begins with `~` (the home folder), `$XDG_CONFIG_HOME`, `%APPDATA%`, `%LOCALAPPDATA%` (each with its usual default) or a
 * variable of the client's own; `/` separates everywhere, `*` stands for any part of one folder's name. In order of preference.
 */
export interface ClientRow {
  readonly clientId: string
  readonly displayName: string
  /** `json`: the client reads strict JSON and refuses comments and trailing commas; `jsonc`: it takes both. */
  readonly configFormat: 'json' | 'jsonc'
  /** For a client that takes comments, but no trailing commas. */
  readonly refusesTrailingCommas?: true
  /** The member of the root object that holds the servers; one name, dots included. */
  readonly rootKey: string
  readonly configPaths: Readonly<Record<Platform, readonly string[]>>
  /** How each transport that the client speaks is written down. */
  readonly shapes: {
    readonly stdio: StdioShape
    readonly 'streamable-http'?: RemoteShape
    readonly sse?: RemoteShape
  }
  /** What the client's maker documents. Tools can't be counted from a configuration: `maxTools` is for people. */
  readonly limits: { readonly maxServers?: number; readonly maxEnvVars?: number; readonly maxTools?: number }
  /** The client runs each text of an entry through a shell's expansion, so that a literal `$` needs escaping. */
  readonly expandsShell?: true
}

const separate: StdioShape = { command: 'separate', env: 'env' }
const typed: StdioShape = { type: 'stdio', ...separate }
const plainUrl: RemoteShape = { url: 'url' }
const http: RemoteShape = { type: 'http', url: 'url' }
const sse: RemoteShape = { type: 'sse', url: 'url' }
const openCodeShapes: ClientRow['shapes'] = {
  stdio: { type: 'local', command: 'joined', env: 'environment' },
  'streamable-http': { type: 'remote', url: 'url' },
}
const vsCodeShapes: ClientRow['shapes'] = { stdio: typed, 'streamable-http': http, sse }

/** In the order of their ids. */
export const clientTable: readonly ClientRow[] = [
  {
    clientId: 'amp',
    displayName: 'Amp',
    configFormat: 'jsonc',
    rootKey: 'amp.mcpServers',
    configPaths: everywhere('~/.config/amp/settings.json', '~/.config/amp/settings.jsonc'),
    shapes: { stdio: separate, 'streamable-http': plainUrl },
    limits: {},
  },
  {
    clientId: 'claude-code',
    displayName: 'Claude Code',
    configFormat: 'json',
    rootKey: 'mcpServers',
    // The user scope. With CLAUDE_CONFIG_DIR the file moves into that folder (anthropics/claude-code issue 48448).
    configPaths: everywhere('$CLAUDE_CONFIG_DIR/.claude.json', '~/.claude.json'),
    shapes: { stdio: typed, 'streamable-http': http, sse },
    limits: {},
  },
  {
    clientId: 'claude-desktop',
    displayName: 'Claude Desktop',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: {
      darwin: ['~/Library/Application Support/Claude/claude_desktop_config.json'],
      // Since 2026 the installer brings an MSIX package, whose %APPDATA% Windows redirects (anthropics/claude-code issue 26073).
      win32: [
        '%LOCALAPPDATA%/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json',
        '%APPDATA%/Claude/claude_desktop_config.json',
      ],
      linux: ['$XDG_CONFIG_HOME/Claude/claude_desktop_config.json'],
    },
    shapes: { stdio: separate },
    limits: {},
  },
  {
    clientId: 'cline',
    displayName: 'Cline',
    configFormat: 'json',
    rootKey: 'mcpServers',
    // One file for the extension and the CLI; the extension's own storage is where older versions look, and newer ones import from.
    configPaths: besides(
      [
        '$CLINE_MCP_SETTINGS_PATH',
        '$CLINE_DATA_DIR/settings/cline_mcp_settings.json',
        '$CLINE_DIR/data/settings/cline_mcp_settings.json',
        '~/.cline/data/settings/cline_mcp_settings.json',
      ],
      inUserFolder('Code', 'globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
    ),
    // The flat entry, which versions from before the nested `transport` read, too.
    shapes: { stdio: typed, 'streamable-http': { type: 'streamableHttp', url: 'url' }, sse },
    limits: {},
  },
  {
    clientId: 'copilot-cli',
    displayName: 'GitHub Copilot CLI',
    configFormat: 'json',
    rootKey: 'mcpServers',
    // XDG_CONFIG_HOME moved the folder in early versions, in two different ways; COPILOT_HOME is what is documented now.
    configPaths: everywhere('$COPILOT_HOME/mcp-config.json', '~/.copilot/mcp-config.json'),
    shapes: {
      stdio: { ...separate, type: 'local', fixed: { tools: ['*'] } },
      'streamable-http': { ...http, fixed: { tools: ['*'] } },
      sse: { ...sse, fixed: { tools: ['*'] } },
    },
    limits: {},
  },
  {
    clientId: 'crush',
    displayName: 'Crush',
    configFormat: 'json',
    rootKey: 'mcp',
    // XDG_CONFIG_HOME on every platform, and CRUSH_GLOBAL_CONFIG is a folder (crush, internal/config/load.go).
    configPaths: everywhere('$CRUSH_GLOBAL_CONFIG/crush.json', '$XDG_CONFIG_HOME/crush/crush.json'),
    shapes: { stdio: typed, 'streamable-http': http, sse },
    limits: {},
    expandsShell: true,
  },
  {
    clientId: 'cursor',
    displayName: 'Cursor',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: everywhere('~/.cursor/mcp.json'),
    shapes: { stdio: typed, 'streamable-http': plainUrl, sse: plainUrl },
    limits: {},
  },
  {
    clientId: 'gemini-cli',
    displayName: 'Gemini CLI',
    configFormat: 'jsonc',
    // It strips comments and hands the rest to JSON.parse (gemini-cli, packages/cli/src/config/settings.ts).
    refusesTrailingCommas: true,
    rootKey: 'mcpServers',
    configPaths: everywhere('$GEMINI_CLI_HOME/.gemini/settings.json', '~/.gemini/settings.json'),
    // `httpUrl` is deprecated in favour of `type`, and is the one form that every version takes for streamable HTTP.
    shapes: { stdio: separate, 'streamable-http': { url: 'httpUrl' }, sse },
    limits: {},
  },
  {
    clientId: 'junie',
    displayName: 'Junie',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: everywhere('~/.junie/mcp/mcp.json'),
    shapes: { stdio: separate, 'streamable-http': plainUrl },
    limits: {},
  },
  {
    clientId: 'kilo-code',
    displayName: 'Kilo Code',
    configFormat: 'jsonc',
    rootKey: 'mcp',
    // A descendant of OpenCode: XDG_CONFIG_HOME on every platform, and the .jsonc file overrides the .json one.
    configPaths: everywhere('$XDG_CONFIG_HOME/kilo/kilo.jsonc', '$XDG_CONFIG_HOME/kilo/kilo.json'),
    shapes: openCodeShapes,
    limits: {},
  },
  {
    clientId: 'kiro',
    displayName: 'Kiro',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: everywhere('~/.kiro/settings/mcp.json'),
    shapes: { stdio: separate, 'streamable-http': plainUrl, sse: plainUrl },
    limits: {},
  },
  {
    clientId: 'lm-studio',
    displayName: 'LM Studio',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: everywhere('~/.lmstudio/mcp.json'),
    shapes: { stdio: separate, 'streamable-http': plainUrl, sse: plainUrl },
    limits: {},
  },
  {
    clientId: 'opencode',
    displayName: 'OpenCode',
    configFormat: 'jsonc',
    // OpenCode 2 prefers `mcp.servers`, and reads entries right under `mcp` as version 1 did: those work in both.
    rootKey: 'mcp',
    configPaths: everywhere(
      '$XDG_CONFIG_HOME/opencode/opencode.jsonc',
      '$XDG_CONFIG_HOME/opencode/opencode.json',
    ),
    shapes: openCodeShapes,
    limits: {},
  },
  {
    clientId: 'roo-code',
    displayName: 'Roo Code',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: inUserFolder('Code', 'globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
    shapes: { stdio: typed, 'streamable-http': { type: 'streamable-http', url: 'url' }, sse },
    limits: {},
  },
  {
    clientId: 'vscode',
    displayName: 'VS Code',
    configFormat: 'jsonc',
    rootKey: 'servers',
    configPaths: vsCodePaths('Code'),
    shapes: vsCodeShapes,
    limits: { maxTools: 128 },
  },
  {
    clientId: 'vscode-insiders',
    displayName: 'VS Code Insiders',
    configFormat: 'jsonc',
    rootKey: 'servers',
    configPaths: vsCodePaths('Code - Insiders'),
    shapes: vsCodeShapes,
    limits: { maxTools: 128 },
  },
  {
    clientId: 'windsurf',
    displayName: 'Windsurf',
    configFormat: 'json',
    rootKey: 'mcpServers',
    configPaths: everywhere('~/.codeium/windsurf/mcp_config.json'),
    shapes: { stdio: separate, 'streamable-http': { url: 'serverUrl' }, sse: { url: 'serverUrl' } },
    limits: { maxTools: 100 },
  },
  {
    clientId: 'zed',
    displayName: 'Zed',
    configFormat: 'jsonc',
    rootKey: 'context_servers',
    // On macOS, too, it is ~/.config, and XDG_CONFIG_HOME counts on Linux only (zed, crates/paths/src/paths.rs).
    configPaths: {
      darwin: ['~/.config/zed/settings.json'],
      win32: ['%APPDATA%/Zed/settings.json'],
      linux: ['$FLATPAK_XDG_CONFIG_HOME/zed/settings.json', '$XDG_CONFIG_HOME/zed/settings.json'],
    },
    // No `source`: Zed's own migration takes it out of the file again.
    shapes: { stdio: separate, 'streamable-http': plainUrl },
    limits: {},
  },
]

function everywhere(...paths: readonly string[]): ClientRow['configPaths'] {
  return { darwin: paths, win32: paths, linux: paths }
}

/** Portable mode first, as in VS Code's own src/vs/platform/environment/node/userDataPath.ts. */
function vsCodePaths(product: string): ClientRow['configPaths'] {
  const moved = ['$VSCODE_PORTABLE/user-data/User/mcp.json', `$VSCODE_APPDATA/${product}/User/mcp.json`]
  return besides(moved, inUserFolder(product, 'mcp.json'))
}

function inUserFolder(product: string, file: string): ClientRow['configPaths'] {
  return {
    darwin: [`~/Library/Application Support/${product}/User/${file}`],
    win32: [`%APPDATA%/${product}/User/${file}`],
    linux: [`$XDG_CONFIG_HOME/${product}/User/${file}`],
  }
}

function besides(first: readonly string[], then: ClientRow['configPaths']): ClientRow['configPaths'] {
  return {
    darwin: [...first, ...then.darwin],
    win32: [...first, ...then.win32],
    linux: [...first, ...then.linux],
  }
}
