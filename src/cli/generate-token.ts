#!/usr/bin/env node
import { createGenerateTokenCommand } from './generate-token-command.ts'
import { run } from './run.ts'

await run(createGenerateTokenCommand('mcp-orchestration-generate-token'))
