/** What a program that a test starts in an environment of its own gets from the machine's, and what every one of them gets. */
export function toPassedOn({
  NODE_V8_COVERAGE,
  NODE_COMPILE_CACHE,
}: NodeJS.ProcessEnv): Record<string, string> {
  return {
    // A machine that is busy with other tests must not make the server refuse what a test asks.
    MCP_ORCHESTRATION_MAX_DELAY: 'off',
    ...(NODE_V8_COVERAGE ? { NODE_V8_COVERAGE } : {}),
    // Coverage is less exact with what was compiled before; and without a folder that lasts, each would write into one that is removed.
    ...(NODE_COMPILE_CACHE && !NODE_V8_COVERAGE
      ? { NODE_COMPILE_CACHE }
      : { NODE_DISABLE_COMPILE_CACHE: '1' }),
  }
}
