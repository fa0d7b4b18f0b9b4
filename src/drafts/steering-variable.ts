/**
 * Whether an environment variable decides which code a command runs, or from where that is fetched: with one of these, a package from
 * the catalogue is no longer what its name says. Windows and npm don't tell letters of either case apart.
 */
export function isSteering(name: string): boolean {
  const upper = name.toUpperCase()
  return names.has(upper) || prefixes.some((prefix) => upper.startsWith(prefix))
}

const names = new Set([
  // The system's: where programs and libraries are looked for, what a shell reads first.
  'PATH',
  'PATHEXT',
  'COMSPEC',
  'BASH_ENV',
  // The languages': what is loaded before the program.
  'NODE_OPTIONS',
  'NODE_PATH',
  'BUN_OPTIONS',
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONSTARTUP',
  'JAVA_TOOL_OPTIONS',
  'JDK_JAVA_OPTIONS',
  '_JAVA_OPTIONS',
  'CLASSPATH',
  'PERL5LIB',
  'PERL5OPT',
  'RUBYLIB',
  'RUBYOPT',
  // The runners': which machine's images.
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'CONTAINER_HOST',
])

/** Settings of the dynamic linkers, and of the runners, which take each of theirs from a variable too. */
const prefixes = ['LD_', 'DYLD_', 'NPM_CONFIG_', 'PNPM_CONFIG_', 'YARN_', 'COREPACK_', 'UV_', 'PIP_', 'PIPX_']
