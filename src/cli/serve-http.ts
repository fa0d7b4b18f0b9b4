#!/usr/bin/env node
import { run } from './run.ts'
import { createServeHttpCommand } from './serve-http-command.ts'

await run(createServeHttpCommand('mcp-orchestration-serve-http'))
