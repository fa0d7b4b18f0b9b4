/**
 * `default` is for the desk: one profile, one line of dots. `reports` adds what `npm test` keeps, and is used together with it:
 * `cucumber-js --profile default --profile reports`.
 *
 * Two threads, for two cores: most scenarios wait for a process or a socket. The order is random, so that none leans on another.
 */
module.exports = {
  default: {
    paths: ['features/**/*.feature'],
    import: ['step_definitions/**/*.ts'],
    format: ['progress'],
    order: 'random',
    parallel: 2,
  },
  reports: {
    format: [
      ['html', 'reports/cucumber.html'],
      ['message', 'reports/cucumber.ndjson'],
      ['junit', 'reports/cucumber.xml'],
      ['usage', 'reports/step-usage.txt'],
    ],
  },
}
