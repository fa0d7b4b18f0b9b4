/**
 * `npm run check:links`: every Markdown page of the repository, offline. A link leads to a file and a heading that are there; what else
 * a page may promise its reader is in scripts/check-links.ts.
 */
const { checkMentions } = require('./scripts/check-links.ts')

module.exports = {
  plugins: [['remark-validate-links', { repository: false }], checkMentions],
}
