/** Loaded before a script in TypeScript, which an older Node could not even read. Plain JavaScript, so that it can say so. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `This needs Node 22.19 or later and runs on ${process.versions.node}. After "npm ci" the npm scripts bring their own: use "npm test".`,
  )
  process.exit(1)
}
