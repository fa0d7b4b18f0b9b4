import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findChromium, launchChromium } from '../support/chromium.ts'

const advice = /install Chromium .*apt-get install chromium.* CHROMIUM/

describe('the browser of the tests', () => {
  test('is the one that CHROMIUM names', async () => {
    const { executablePath } = await findChromium({ CHROMIUM: '/opt/chromium' })
    assert.equal(executablePath, '/opt/chromium')
  })

  test('is said to be missing where there is none, with what to do', async () => {
    const machine = { platform: 'freebsd', arch: 'x64' } as const
    await assert.rejects(findChromium({}, machine), advice)
  })

  test('is said not to start, with what to do', async () => {
    await assert.rejects(launchChromium({ CHROMIUM: '/no/chromium' }), (error: Error) => {
      assert.match(error.message, /^\/no\/chromium does not start here\. /)
      assert.match(error.message, advice)
      return true
    })
  })
})
