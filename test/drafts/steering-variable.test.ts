import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isSteering } from '../../src/drafts/steering-variable.ts'

describe('isSteering', () => {
  for (const name of 'PATH Path NODE_OPTIONS npm_config_registry UV_INDEX_URL LD_PRELOAD DOCKER_HOST PYTHONPATH'.split(
    ' ',
  )) {
    test(`${name} decides what is run`, () => assert.ok(isSteering(name)))
  }

  for (const name of 'MEMORY_FILE_PATH NODE_ENV NPM_TOKEN OLD_PATH UVICORN_PORT PIPELINE DOCKER_IMAGE'.split(
    ' ',
  )) {
    test(`${name} does not`, () => assert.ok(!isSteering(name)))
  }
})
