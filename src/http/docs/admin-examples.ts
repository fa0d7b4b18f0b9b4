import type { OperationExample } from './operation-example.ts'

/** What comes after Priya's walk: the credentials, and what the audit log says of it all. */
export const adminExamples: Readonly<Record<string, OperationExample>> = {
  create_token: {
    input: {
      name: 'n8n',
      scopes: ['read', 'publish'],
      limits: { profiles: ['cursor/work'] },
      expires_at: '2999-01-31',
    },
    output: {
      token: 'dGhpcyBpcyBubyB0b2tlbiBhbmQgb3BlbnMgbm90aGk',
      token_id: 'tok_9c2b7e41d8a3f605',
      name: 'n8n',
      scopes: ['read', 'publish'],
      limits: { clients: [], profiles: ['cursor/work'] },
      created_at: '2026-11-22T10:30:00.000Z',
      expires_at: '2999-01-31T00:00:00.000Z',
    },
  },
  list_tokens: {
    input: {},
    output: {
      tokens: [
        {
          token_id: 'tok_9c2b7e41d8a3f605',
          name: 'n8n',
          scopes: ['read', 'publish'],
          limits: { clients: [], profiles: ['cursor/work'] },
          created_at: '2026-11-22T10:30:00.000Z',
          expires_at: '2999-01-31T00:00:00.000Z',
          last_used_at: null,
          usage_count: 0,
          replaced_by: null,
        },
      ],
      count: 1,
    },
  },
  rotate_token: {
    input: { token_id: 'tok_9c2b7e41d8a3f605', overlap: '1h' },
    output: {
      token: 'bmVpdGhlciBkb2VzIHRoaXMgb25lOiBubyB0b2tlbi4',
      token_id: 'tok_51f0c88e2ab94d73',
      name: 'n8n',
      scopes: ['read', 'publish'],
      limits: { clients: [], profiles: ['cursor/work'] },
      created_at: '2026-11-22T10:30:00.000Z',
      expires_at: '2999-01-31T00:00:00.000Z',
      replaces: { token_id: 'tok_9c2b7e41d8a3f605', expires_at: '2026-11-22T11:30:00.000Z' },
    },
  },
  list_audit: {
    input: { target: 'claude-desktop/default', limit: 2 },
    output: {
      entries: [
        {
          sequence: 3,
          at: '2026-11-22T23:44:29.903Z',
          change_id: 'f6a3a8c2-de87-43c8-951d-17f389b3a43d',
          phase: 'begun',
          principal: 'tok_4c1f0a9be27d5638',
          door: 'http',
          operation: 'add_server_to_config',
          target: 'claude-desktop/default',
          request_id: 'b7c1f0a2-3d4e-4f56-8a9b-0c1d2e3f4a5b',
          before: null,
          after: null,
          outcome: null,
          code: null,
          previous_hash: '97c9e80ec93078988a7978dea1625fffa8c8bb5294d62ffc682b3d51d1136c94',
          hash: '69804becef3b06fefe14e3742caf8f3c1fdd79495ddd07a00c87e00c7790e06e',
        },
        {
          sequence: 4,
          at: '2026-11-22T23:44:29.915Z',
          change_id: 'f6a3a8c2-de87-43c8-951d-17f389b3a43d',
          phase: 'ended',
          principal: 'tok_4c1f0a9be27d5638',
          door: 'http',
          operation: 'add_server_to_config',
          target: 'claude-desktop/default',
          request_id: 'b7c1f0a2-3d4e-4f56-8a9b-0c1d2e3f4a5b',
          before: null,
          after: '3e62bbdf26a4eca9af43ba011dba55808b4ec8a24ee38d40b533d4ed830e6617',
          outcome: 'done',
          code: null,
          previous_hash: '69804becef3b06fefe14e3742caf8f3c1fdd79495ddd07a00c87e00c7790e06e',
          hash: 'e00a0d05953ccb08f4bb18c07949d361b3f8b2cf655dfce6bbd174b3ceadf4e7',
        },
      ],
      count: 2,
      next_cursor: 'NA',
    },
  },
  revoke_token: {
    input: { token_id: 'tok_51f0c88e2ab94d73' },
    output: { status: 'revoked', token_id: 'tok_51f0c88e2ab94d73' },
  },
}
