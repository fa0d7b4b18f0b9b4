import { adminExamples } from './admin-examples.ts'
import type { OperationExample } from './operation-example.ts'

const profile = { client_id: 'claude-desktop', profile_id: 'default' }

const memory = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-memory'],
  env: {},
}

const filesystem = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/priya/notes'],
  env: {},
}

/**
 * One call of each operation, by its id: what really comes of Priya's walk from the catalogue to a deployed file, which a test takes
 * again. Lists are cut short.
 */
export const operationExamples: Readonly<Record<string, OperationExample | undefined>> = {
  list_clients: {
    input: {},
    output: {
      clients: [
        {
          client_id: 'claude-desktop',
          display_name: 'Claude Desktop',
          platforms: ['darwin', 'win32', 'linux'],
          config_path: '/home/priya/.config/Claude/claude_desktop_config.json',
          config_format: 'json',
          transports: ['stdio'],
          profiles: ['default'],
        },
      ],
      count: 1,
    },
  },
  list_profiles: {
    input: {
      client_id: 'claude-desktop',
    },
    output: {
      client_id: 'claude-desktop',
      profiles: [
        {
          profile_id: 'default',
          latest_artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
          sequence: 2,
          updated_at: '2026-11-22T10:30:00.000Z',
          deployment: {
            artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
            sequence: 2,
            deployed_at: '2026-11-22T10:30:00.000Z',
            deployed_by: 'tok_4c1f0a9be27d5638',
            config_path: '/home/priya/.config/Claude/claude_desktop_config.json',
            file_state: 'in_sync',
            outdated: false,
          },
        },
      ],
      count: 1,
    },
  },
  get_config: {
    input: {
      ...profile,
      history: 1,
    },
    output: {
      artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
      ...profile,
      created_at: '2026-11-22T10:30:00.000Z',
      payload: {
        mcpServers: {
          filesystem: {
            args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/priya/notes'],
            command: 'npx',
            env: {},
            type: 'stdio',
          },
          memory: {
            args: ['-y', '@modelcontextprotocol/server-memory'],
            command: 'npx',
            env: {},
            type: 'stdio',
          },
        },
      },
      signature: 'mWjE9s2d7kQ/Us73kBjC5pDaCoKfNXRayujTiatsqGRVFeobPL7h4Q3J9SNGzBxk5gerimNHNLI4URsrqFgLCA==',
      signing_key_id: 'QN6McaGKuET-uY57RZ3KAKcagFtiS6oWmAhARIDBXjI',
      envelope: {
        payload:
          'eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJwcmVkaWNhdGUiOnsiY2hhbmdlbG9nIjoiQWRkcyB0aGUgZmlsZXN5c3RlbSBzZXJ2ZXIiLCJjbGllbnRfaWQiOiJjbGF1ZGUtZGVza3RvcCIsImNyZWF0ZWRfYXQiOiIyMDI2LTExLTIyVDEwOjMwOjAwLjAwMFoiLCJwcmV2aW91c19yZWxlYXNlIjoiYzZjOTczZjAwMDY1MDFlOGM4MDc1N2Q2MzY0ZWQ4YzcwMTg1NmJhNmI2N2Q1M2QwY2RjNDYwNjBlNDBjMjUyNiIsInByb2ZpbGVfaWQiOiJkZWZhdWx0Iiwic2VxdWVuY2UiOjJ9LCJwcmVkaWNhdGVUeXBlIjoidXJuOm1jcC1vcmNoZXN0cmF0aW9uOnJlbGVhc2U6djEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiNjExMGFmZDhlODkwOWVmNTgwOGRiYjhhOThmZTgxMjcyYzZiNTE0MmVhOGM0OGQyZGU5MTc2ZDQwMWM5OTg3NiJ9LCJuYW1lIjoiY2xhdWRlLWRlc2t0b3AvZGVmYXVsdCJ9XX0=',
        payloadType: 'application/vnd.in-toto+json',
        signatures: [
          {
            keyid: 'QN6McaGKuET-uY57RZ3KAKcagFtiS6oWmAhARIDBXjI',
            sig: 'mWjE9s2d7kQ/Us73kBjC5pDaCoKfNXRayujTiatsqGRVFeobPL7h4Q3J9SNGzBxk5gerimNHNLI4URsrqFgLCA==',
          },
        ],
      },
      metadata: {
        changelog: 'Adds the filesystem server',
        server_count: 2,
        sequence: 2,
        previous_artifact_id: '3e62bbdf26a4eca9af43ba011dba55808b4ec8a24ee38d40b533d4ed830e6617',
      },
      history: [
        {
          sequence: 1,
          artifact_id: '3e62bbdf26a4eca9af43ba011dba55808b4ec8a24ee38d40b533d4ed830e6617',
          created_at: '2026-11-22T09:30:00.000Z',
          changelog: 'Begins with a memory',
        },
      ],
    },
  },
  diff_config: {
    input: {
      ...profile,
      local_artifact_id: '3e62bbdf26a4eca9af43ba011dba55808b4ec8a24ee38d40b533d4ed830e6617',
    },
    output: {
      status: 'outdated',
      local_artifact_id: '3e62bbdf26a4eca9af43ba011dba55808b4ec8a24ee38d40b533d4ed830e6617',
      remote_artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
      diff: {
        servers_added: ['filesystem'],
        servers_removed: [],
        servers_modified: [],
        servers_unchanged: ['memory'],
      },
      summary:
        'Local equals release 1 of claude-desktop/default; the latest is 2: 1 server added, 0 removed, 0 modified.',
      recommendation: 'Use deploy_config on claude-desktop/default to bring local to release 2.',
    },
  },
  add_server_to_config: {
    input: {
      ...profile,
      server_id: 'filesystem',
      params: {
        path: '/home/priya/notes',
      },
    },
    output: {
      status: 'added',
      server_name: 'filesystem',
      draft: {
        mcpServers: {
          memory,
          filesystem,
        },
      },
      server_count: 2,
      revision: 10,
    },
  },
  remove_server_from_config: {
    input: {
      ...profile,
      server_name: 'memory',
    },
    output: {
      status: 'removed',
      server_name: 'memory',
      draft: {
        mcpServers: {
          filesystem,
        },
      },
      server_count: 1,
      revision: 20,
    },
  },
  view_draft_config: {
    input: {
      ...profile,
    },
    output: {
      draft: {
        mcpServers: {
          memory,
          filesystem,
        },
      },
      server_count: 2,
      revision: 10,
      servers: ['memory', 'filesystem'],
    },
  },
  clear_draft_config: {
    input: {
      ...profile,
    },
    output: {
      status: 'cleared',
      previous_count: 1,
      revision: 23,
    },
  },
  validate_config: {
    input: {
      ...profile,
    },
    output: {
      valid: true,
      errors: [],
      warnings: [],
      server_count: 2,
      validated_at: '2026-11-22T10:30:00.000Z',
    },
  },
  publish_config: {
    input: {
      ...profile,
      changelog: 'Adds the filesystem server',
    },
    output: {
      status: 'published',
      artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
      ...profile,
      server_count: 2,
      created_at: '2026-11-22T10:30:00.000Z',
      sequence: 2,
      changelog: 'Adds the filesystem server',
    },
  },
  deploy_config: {
    input: {
      ...profile,
    },
    output: {
      status: 'deployed',
      config_path: '/home/priya/.config/Claude/claude_desktop_config.json',
      artifact_id: '6110afd8e8909ef5808dbb8a98fe81272c6b5142ea8c48d2de9176d401c99876',
      deployed_at: '2026-11-22T10:30:00.000Z',
      backup_path: null,
      servers_written: ['filesystem', 'memory'],
      servers_removed: [],
      servers_kept: [],
    },
  },
  list_available_servers: {
    input: {
      search: 'filesystem',
    },
    output: {
      servers: [
        {
          server_id: 'filesystem',
          display_name: 'Filesystem',
          description: 'Read, write, search and move files in the folders that you allow',
          transport: 'stdio',
          package: '@modelcontextprotocol/server-filesystem',
          tags: ['reference', 'files', 'local'],
          has_parameters: true,
          requires_env: [],
        },
      ],
      count: 1,
      transport_counts: {
        stdio: 1,
        'streamable-http': 0,
        sse: 0,
      },
    },
  },
  describe_server: {
    input: {
      server_id: 'filesystem',
    },
    output: {
      server_id: 'filesystem',
      display_name: 'Filesystem',
      description: 'Read, write, search and move files in the folders that you allow',
      transport: 'stdio',
      package: '@modelcontextprotocol/server-filesystem',
      tags: ['reference', 'files', 'local'],
      has_parameters: true,
      requires_env: [],
      command: 'npx',
      args: ['-y', '@modelcontextprotocol/server-filesystem', '{path}'],
      url: null,
      parameters: [
        {
          name: 'path',
          description: 'A folder that the server may read and write; several may be given',
          type: 'path',
          required: true,
          secret: false,
          example: '/path/to/projects',
          repeatable: true,
        },
      ],
      env_vars: {
        required: [],
        optional: [],
      },
      variables: [],
      documentation_url: 'https://github.com/modelcontextprotocol/servers/tree/main/src/filesystem',
      usage_example: {
        server_id: 'filesystem',
        params: {
          path: ['/path/to/projects'],
        },
      },
    },
  },
  initialize_keys: {
    input: {},
    output: {
      status: 'initialized',
      signing_key_id: 'QN6McaGKuET-uY57RZ3KAKcagFtiS6oWmAhARIDBXjI',
      public_key_path:
        '/home/priya/.mcp-orchestration/keys/trusted/QN6McaGKuET-uY57RZ3KAKcagFtiS6oWmAhARIDBXjI.pem',
      public_jwk: {
        kty: 'OKP',
        crv: 'Ed25519',
        x: 'A3Vd4ImERgwErG6hyTIko7hSLu3CHAFQG3q8cuN0buM',
        kid: 'QN6McaGKuET-uY57RZ3KAKcagFtiS6oWmAhARIDBXjI',
        use: 'sig',
      },
    },
  },
  ...adminExamples,
}
