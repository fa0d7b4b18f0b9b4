/** A command that fetches a package and runs it. */
export interface PackageRun {
  readonly runner: string
  /** Without version and extras; undefined if none is named. */
  readonly package: string | undefined
  /** Of the argument that names it. */
  readonly index: number | undefined
}

type Specified = Omit<PackageRun, 'runner'>

interface Runner {
  /** The command, and the arguments with which it becomes one. */
  readonly words: readonly [string, ...string[]]
  readonly toName: (specifier: string) => string
  /** Flags that name the package, so that the first plain argument is only the program in it. */
  readonly naming: readonly string[]
  /** Flags whose value is an argument of its own. */
  readonly taking: readonly string[]
}

const npm = {
  toName: (specifier: string) => specifier.replace(/(?<=.)@.*$/s, ''),
  naming: ['-p', '--package'],
  taking: flags('-c --call -w --workspace --registry --prefix --cache --userconfig --loglevel'),
}
const pypi = {
  // PEP 503: the same name in other letters is the same package.
  toName: (specifier: string) =>
    specifier
      .replace(/[[<>=!~@;\s].*$/s, '')
      .toLowerCase()
      .replace(/[-_.]+/g, '-'),
  naming: ['--from', '--spec'],
  taking: flags(
    '-p --python -w --with --with-editable --with-requirements --index --default-index -i --index-url --extra-index-url -f --find-links --directory --pip-args',
  ),
}
const image = {
  toName: (specifier: string) => specifier.replace(/@sha256:.*$/s, '').replace(/:[^:/]*$/, ''),
  naming: [],
  taking: flags(
    '-e --env --env-file -v --volume --mount --network --net -p --publish -u --user -w --workdir --name --entrypoint --add-host --platform --pull -l --label -m --memory --cpus --cap-add --cap-drop --security-opt --tmpfs --gpus -h --hostname --dns --runtime --ulimit',
  ),
}

const runners: readonly Runner[] = [
  { words: ['npx'], ...npm },
  { words: ['npm', 'exec'], ...npm },
  { words: ['npm', 'x'], ...npm },
  { words: ['pnpx'], ...npm },
  { words: ['pnpm', 'dlx'], ...npm },
  { words: ['yarn', 'dlx'], ...npm },
  { words: ['bunx'], ...npm },
  { words: ['bun', 'x'], ...npm },
  { words: ['uvx'], ...pypi },
  { words: ['uv', 'tool', 'run'], ...pypi },
  { words: ['pipx', 'run'], ...pypi },
  { words: ['docker', 'run'], ...image },
  { words: ['podman', 'run'], ...image },
]

function flags(line: string): readonly string[] {
  return line.split(' ')
}

/** What package an entry would fetch and run; undefined if its command is no runner of packages. */
export function packageOf(command: string, args: readonly string[]): PackageRun | undefined {
  const program = programOf(command)
  const runner = runners.find(
    ({ words: [first, ...rest] }) => first === program && rest.every((word, index) => args[index] === word),
  )
  return runner && { runner: runner.words.join(' '), ...findSpecifier(runner, args) }
}

/** Whether a name can be shown: anything else might be a path or a URL with a credential in it. */
export function isPackageName(name: string | undefined): name is string {
  return name !== undefined && /^@?[a-z0-9][a-z0-9._/-]{0,213}$/i.test(name)
}

/** Without the folder, and as Windows writes it. */
function programOf(command: string): string {
  return command
    .replace(/^.*[\\/]/s, '')
    .toLowerCase()
    .replace(/\.(?:exe|cmd|bat|ps1)$/, '')
}

function findSpecifier({ words, toName, naming, taking }: Runner, args: readonly string[]): Specified {
  for (let index = words.length - 1; index < args.length; index += 1) {
    const [flag, value] = splitFlag(args[index] ?? '')
    const isNamed = naming.includes(flag)
    if (isNamed && value === undefined) return specified(toName, args[index + 1], index + 1)
    if (isNamed) return specified(toName, value, index)
    if (!flag.startsWith('-')) return specified(toName, flag, index)
    if (value === undefined && taking.includes(flag)) index += 1
  }
  return { package: undefined, index: undefined }
}

function specified(toName: Runner['toName'], specifier: string | undefined, index: number): Specified {
  return specifier ? { package: toName(specifier), index } : { package: undefined, index: undefined }
}

/** `--package=name` is one argument, `--package name` two. */
function splitFlag(argument: string): readonly [string, string?] {
  const at = argument.startsWith('-') ? argument.indexOf('=') : -1
  return at < 0 ? [argument] : [argument.slice(0, at), argument.slice(at + 1)]
}
