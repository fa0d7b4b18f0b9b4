/**
 * `default` is for the desk: one profile, one line of dots; it runs all that is not the domain's. The features of the domain are run
 * by the four profiles that are called like the doors: `cucumber-js --profile http` runs them over HTTP, `--profile mcp` over `/mcp`.
 * `http-workers` and `mcp-workers` are the same against two processes that share the work (`npm run test:workers`); `workers` is a part of
 * that for `npm test`, through both by turns.
 * `value` runs the value scenarios, `value-one` those that are named: `--profile value-one value-scenarios/x.feature`.
 * The `…reports` profiles add what `npm test` keeps, and are used together with one of those: `--profile http --profile http-reports`.
 *
 * Two threads, for two cores: most scenarios wait for a process or a socket. The order is random, so that none leans on another.
 */
const doors = ['library', 'http', 'stdio', 'mcp', 'http-workers', 'mcp-workers']

const common = {
  import: ['step_definitions/**/*.ts'],
  format: ['progress'],
  order: 'random',
  parallel: 2,
}

const value = {
  ...common,
  import: [
    'value-scenarios/support/{hooks,parameter-types,world}.ts',
    'value-scenarios/step_definitions/**/*.ts',
  ],
  // Unit files are for systemd, which only Linux has.
  tags: process.platform === 'linux' ? '' : 'not @linux',
}

module.exports = {
  default: { ...common, paths: ['features/!(domain)/**/*.feature'] },
  reports: reportsAs('cucumber'),
  ...byDoor((door) => [
    door,
    { ...common, paths: ['features/domain/**/*.feature'], worldParameters: { door } },
  ]),
  workers: {
    ...common,
    paths: ['features/domain/{drafts,publishing,deploying}.feature'],
    worldParameters: { door: 'workers' },
  },
  'workers-reports': reportsAs('cucumber-workers'),
  value: { ...value, paths: ['value-scenarios/**/*.feature'] },
  'value-one': value,
  'value-reports': reportsAs('value-scenarios'),
  ...byDoor((door) => [`${door}-reports`, reportsAs(`cucumber-${door}`)]),
}

function byDoor(toProfile) {
  return Object.fromEntries(doors.map(toProfile))
}

function reportsAs(name) {
  return {
    format: [
      ['html', `reports/${name}.html`],
      ['message', `reports/${name}.ndjson`],
      ['junit', `reports/${name}.xml`],
      ['usage', `reports/${name === 'cucumber' ? 'step-usage' : `step-usage-${name}`}.txt`],
    ],
  }
}
