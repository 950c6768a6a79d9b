import { isDangerousProgram, isRiskyProgram, isShell, namesProtectedPath } from './program.ts'
import { programName, type ShellWord } from './shell-word.ts'

const maxWords = 1_000

const searchers = ['rg', 'ag', 'ack']
// They only show their arguments, or compare them.
const readers = new Set([
  ...searchers,
  ...[
    'echo',
    'printf',
    'cat',
    'head',
    'tail',
    'wc',
    'ls',
    'stat',
    'file',
    'du',
    'test',
    '[',
    ':',
    'true',
    'which',
  ],
  ...[
    'grep',
    'egrep',
    'fgrep',
    'diff',
    'cmp',
    'basename',
    'dirname',
    'realpath',
    'readlink',
    'sha256sum',
    'jq',
  ],
])
const pathReaders = new Set([...readers, '.', 'source', 'ssh', 'docker', 'docker-compose', 'podman', 'node'])
// They run their input as a script.
const schedulers = new Set(['at', 'batch'])
const extenders = new Set(['xargs', 'parallel', 'find', 'fd', 'fdfind'])
const wrappers = new Set([
  ...[
    'env',
    'command',
    'builtin',
    'exec',
    'nice',
    'nohup',
    'time',
    'timeout',
    'gtimeout',
    'stdbuf',
    'setsid',
  ],
  ...[
    'xargs',
    'parallel',
    'ionice',
    'chrt',
    'taskset',
    'flock',
    'unshare',
    'chroot',
    'watch',
    'strace',
    'busybox',
  ],
  ...['toybox', 'caffeinate', 'unbuffer', 'noglob', 'nocorrect', 'find', 'fd', 'fdfind'],
])

/** Tests whether a program only shows its words and its input. */
export function isReader(name: string): boolean {
  return readers.has(name)
}

/** How a command is run, and how to look into its words. */
export interface CommandUse {
  /** The command is part of a script, not of a text that may be one. */
  readonly isScript: boolean
  /** Another command's output or a file may be its input. */
  readonly readsInput: boolean
  /** Tests a text that must be a script. */
  readonly isDangerousScript: (source: string) => boolean
  /** Tests a text that may be a script. */
  readonly isDangerousText: (text: string) => boolean
}

/** Tests whether a program with its words is dangerous, by itself or by what it runs. */
export function isDangerousCommand(words: readonly ShellWord[], use: CommandUse): boolean {
  const { isScript, readsInput, isDangerousScript, isDangerousText } = use
  const [program, ...args] = words
  if (program === undefined) return false
  if (words.length > maxWords) return true
  if (!program.isKnown && (isScript || inBraces(program).some(isRiskyProgram))) return true
  const name = program.isKnown ? programName(program) : ''
  if (readsInput && schedulers.has(name)) return true
  if (isDangerousProgram(words, { readsInput: true, isExtended: false, isDangerousScript })) return true
  if (!pathReaders.has(name) && args.some(namesProtectedPath)) return true
  const runsFilter = searchers.includes(name) && args.some(({ text }) => text.startsWith('--pre'))
  if ((isReader(name) && !runsFilter) || (name === 'command' && /^-\w*v/i.test(args[0]?.text ?? '')))
    return false
  const isWrapper = wrappers.has(name)
  if (isWrapper && args.slice(0, 3).some(({ text, isKnown }) => !isKnown && !/^\w+=/.test(text))) return true
  const isExtended = extenders.has(name)
  // Any program may run its arguments: `env rm -rf x`, `docker run image rm -rf x`.
  const run = args.some(
    (arg, index) =>
      isRiskyProgram(programName(arg)) &&
      isDangerousProgram(args.slice(index), {
        readsInput: readsInput || isWrapper,
        isExtended,
        isDangerousScript,
      }),
  )
  return run || withoutMessages(name, args).some(({ text }) => isDangerousText(text))
}

// `{rm,-rf,x}` runs rm.
function inBraces({ text }: ShellWord): string[] {
  return text.startsWith('{') ? text.split(/[{},]/) : []
}

const messageOption = /^(?:-\w*m|-[bFtT]|--(?:message|body|title|notes|file))$/

// A commit message that mentions a command doesn't run it.
function withoutMessages(name: string, args: readonly ShellWord[]): readonly ShellWord[] {
  if (name !== 'git' && name !== 'gh') return args
  return args.filter(
    ({ text }, index) =>
      !messageOption.test(args[index - 1]?.text ?? '') && !/^--(?:message|body|title|notes)=/.test(text),
  )
}

const downloaders = new Set(['curl', 'wget', 'wget2', 'aria2c', 'fetch', 'http', 'https', 'xh', 'scp'])

/** Tests whether commands download or write something dangerous and run a file: like a download that is piped into a shell. */
export function writesAndRuns(
  commands: readonly (readonly ShellWord[])[],
  isDangerousText: (text: string) => boolean,
): boolean {
  const names = commands.map(([program]) => (program === undefined ? '' : programName(program)))
  const runs = commands.some((words, index) => {
    const name = names[index] ?? ''
    const makesExecutable =
      name === 'chmod' && words.some(({ text }) => /^[ugoa]*\+\w*x|^[0-7]*[1357][0-7]*$/.test(text))
    return isShell(name) || name === '.' || name === 'source' || makesExecutable
  })
  if (!runs) return false
  return commands.some((words, index) => {
    const name = names[index] ?? ''
    const isWriter = ['echo', 'printf', 'cat', 'tee'].includes(name)
    return downloaders.has(name) || (isWriter && words.some(({ text }) => isDangerousText(text)))
  })
}
