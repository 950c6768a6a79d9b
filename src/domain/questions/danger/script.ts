import {
  type Assignment,
  type Command,
  forEachChild,
  parse,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash'
import {
  isDangerousProgram,
  isRiskyProgram,
  isShell,
  namesProtectedPath,
  programName,
  type ShellWord,
} from './program.ts'
import { isProtectedPath } from './protected-path.ts'

// Nobody reads more than this before allowing it.
const maxLength = 20_000
const maxWords = 2_000
const maxDepth = 6

// A shell drops or misreads them; tabs and line breaks are fine.
const controlCharacter = /(?![\t\n\r])\p{Cc}/u

/** How to read a source: a script must parse, while text in an argument is a script only perhaps. */
interface Reading {
  readonly isScript: boolean
  readonly depth: number
}

/**
 * Tests whether a shell script is dangerous in any part. What can't be split safely counts as dangerous: syntax errors, names of
 * programs that only the shell knows, control characters, and scripts too long to read.
 */
export function isDangerousScript(source: string): boolean {
  return isDangerousSource(source, { isScript: true, depth: 0 })
}

/** Tests whether a command given as a list of words is dangerous. */
export function isDangerousArgv(args: readonly string[]): boolean {
  const words = args.map((text) => ({ text, isKnown: true }))
  return isDangerousCommand(words, { isScript: true, readsInput: true, depth: 0 })
}

function isDangerousSource(source: string, reading: Reading): boolean {
  if (source.length > maxLength || reading.depth > maxDepth || controlCharacter.test(source)) return true
  const found: Found[] = []
  collect(parse(source), false, found)
  if (reading.isScript && found.some(({ node }) => node.type === 'Script' && node.errors !== undefined))
    return true
  return found.some((one) => isDangerousNode(one, reading)) || downloadsAndRuns(found)
}

interface Found {
  readonly node: SyntaxNode
  /** Another command's output may be its input. */
  readonly isFed: boolean
}

function collect(node: SyntaxNode, isFed: boolean, found: Found[]): void {
  found.push({ node, isFed })
  const later = new Set<SyntaxNode>(node.type === 'Pipeline' ? node.commands.slice(1) : [])
  const isFeeding =
    node.type === 'ProcessSubstitution' || node.type === 'Coproc' || node.type === 'Redirected'
  forEachChild(node, (child) => collect(child, isFed || isFeeding || later.has(child), found))
}

function isDangerousNode({ node, isFed }: Found, { isScript, depth }: Reading): boolean {
  switch (node.type) {
    case 'Command': {
      const redirects = node.redirects.some(({ operator }) => operator.startsWith('<'))
      return isDangerousCommand(wordsOf(node), { isScript, readsInput: isFed || redirects, depth })
    }
    case 'Redirect':
      return node.operator.includes('>') && isDangerousTarget(node.target, isScript)
    case 'HereDoc':
      return isDangerousText(node.body.text, depth)
    case 'HereString':
      return isDangerousText(node.target?.value ?? '', depth)
    case 'Assignment':
      return isProtectedPath(node.text.slice(node.name.length + 1)) || isDangerousText(node.text, depth)
    // Where it isn't valid arithmetic, a shell may read it as subshells.
    case 'ArithmeticCommand':
      return isDangerousText(node.body, depth)
    case 'ArithmeticExpansion':
      return isDangerousText(node.text.replace(/^\$\(\(|^\$\[|\)\)$|\]$/g, ''), depth)
    // Zsh runs code in glob qualifiers: `*(e:code:)`, `*(+name)`.
    case 'ExtendedGlob':
      return /^(?:e[^\w|]|\+)/.test(node.pattern)
    // `${x@P}` runs what x contains. Unknown operations are those of other shells.
    case 'Transform':
      return node.operand.value === 'P'
    case 'Unknown':
      return true
    default:
      return false
  }
}

const fixedParts = ['Literal', 'SingleQuoted', 'AnsiCQuoted', 'DoubleQuoted', 'LocaleString']

function isFixed(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') return part.parts.every(isFixed)
  return fixedParts.includes(part.type)
}

function toShellWord(word: Word): ShellWord {
  return { text: word.value, isKnown: word.parts?.every(isFixed) ?? true }
}

function wordsOf({ name, args }: Command): ShellWord[] {
  const toWord = (arg: Word | Assignment): ShellWord =>
    arg.type === 'Word' ? toShellWord(arg) : { text: arg.text, isKnown: true }
  return name === undefined ? [] : [toShellWord(name), ...args.map(toWord)]
}

// A target like `$file` may be anything; `/tmp/$name` is in a folder.
function isDangerousTarget(target: Word | undefined, isScript: boolean): boolean {
  if (target === undefined) return isScript
  const { text, isKnown } = toShellWord(target)
  if (isProtectedPath(text)) return true
  return isScript && !isKnown && !/[^/$]*\//.test(text.replace(/^["']?\$\w+|^\$\{\w+\}/, ''))
}

// They only show their arguments, or compare them.
const readers = new Set([
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
const searchers = new Set(['rg', 'ag', 'ack'])
const pathReaders = new Set([
  ...readers,
  '.',
  'source',
  'ssh',
  'docker',
  'docker-compose',
  'podman',
  'node',
  'rg',
])
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

interface CommandUse extends Reading {
  readonly readsInput: boolean
}

function isDangerousCommand(
  words: readonly ShellWord[],
  { isScript, readsInput, depth }: CommandUse,
): boolean {
  const [program, ...args] = words
  if (program === undefined) return false
  if (words.length > maxWords) return true
  if (!program.isKnown) return isScript
  const name = programName(program)
  const isDangerousScript = (source: string) =>
    isDangerousSource(source, { isScript: true, depth: depth + 1 })
  if (isDangerousProgram(words, { readsInput: true, isExtended: false, isDangerousScript })) return true
  if (!pathReaders.has(name) && args.some(namesProtectedPath)) return true
  const isReader =
    readers.has(name) || (searchers.has(name) && !args.some(({ text }) => text.startsWith('--pre')))
  if (isReader || (name === 'command' && /^-\w*v/i.test(args[0]?.text ?? ''))) return false
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
  return run || withoutMessages(name, args).some(({ text }) => isDangerousText(text, depth))
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

/** Tests a text that another program may run as a script, also after an option: `-S"rm -rf x"`, `--exec="rm -rf x"`. */
function isDangerousText(text: string, depth: number): boolean {
  const afterOption = text.startsWith('-') ? [text.slice(2)] : []
  const afterEquals = text.includes('=') ? [text.slice(text.indexOf('=') + 1)] : []
  return [text, ...afterOption, ...afterEquals]
    .filter((one) => /[\s;|&`$(<>]/.test(one.trim()))
    .some((one) => isDangerousSource(one, { isScript: false, depth: depth + 1 }))
}

const downloaders = new Set(['curl', 'wget', 'wget2', 'aria2c', 'fetch', 'http', 'https', 'xh', 'scp'])

// A download that is run later is like one that is piped into a shell.
function downloadsAndRuns(found: readonly Found[]): boolean {
  const commands = found.flatMap(({ node }) => (node.type === 'Command' ? [wordsOf(node)] : []))
  const names = commands.map(([program]) => (program === undefined ? '' : programName(program)))
  if (!names.some((name) => downloaders.has(name))) return false
  return commands.some((words, index) => {
    const name = names[index] ?? ''
    const makesExecutable =
      name === 'chmod' && words.some(({ text }) => /^[ugoa]*\+\w*x|^[0-7]*[1357][0-7]*$/.test(text))
    return isShell(name) || name === '.' || name === 'source' || makesExecutable
  })
}
