import { type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash'
import { type CommandUse, isDangerousCommand, isReader, writesAndRuns } from './command.ts'
import { isProtectedPath } from './protected-path.ts'
import { programName, toShellWord, wordsOf } from './shell-word.ts'

// Nobody reads more than this before allowing it.
const maxLength = 20_000
const maxParentheses = 200
const maxDepth = 6
const maxEquals = 4

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
  return isDangerousCommand(words, { ...lookInto({ isScript: true, depth: 0 }), readsInput: true })
}

function isDangerousSource(source: string, reading: Reading): boolean {
  if (source.length > maxLength || reading.depth > maxDepth || controlCharacter.test(source)) return true
  if ((source.match(/[(`]/g)?.length ?? 0) > maxParentheses) return true
  const found: Found[] = []
  collect(parse(source), false, found)
  if (reading.isScript && found.some(({ node }) => node.type === 'Script' && node.errors !== undefined))
    return true
  if (found.some((one) => isDangerousNode(one, reading))) return true
  const commands = found.flatMap(({ node }) => (node.type === 'Command' ? [withBodies(node)] : []))
  return writesAndRuns(commands, (text) => isDangerousText(text, reading.depth))
}

function lookInto({ isScript, depth }: Reading): Omit<CommandUse, 'readsInput'> {
  return {
    isScript,
    isDangerousScript: (source) => isDangerousSource(source, { isScript: true, depth: depth + 1 }),
    isDangerousText: (text) => isDangerousText(text, depth),
  }
}

interface Found {
  readonly node: SyntaxNode
  /** Another command's output may be its input. */
  readonly isFed: boolean
  /** Its text is only shown or kept, e.g. by `cat`. */
  readonly isShown: boolean
}

function collect(node: SyntaxNode, isFed: boolean, found: Found[], isShown = false): void {
  found.push({ node, isFed, isShown })
  const later = new Set<SyntaxNode>(node.type === 'Pipeline' ? node.commands.slice(1) : [])
  const isFeeding =
    node.type === 'ProcessSubstitution' || node.type === 'Coproc' || node.type === 'Redirected'
  const shows = node.type === 'Command' && showsInput(node)
  forEachChild(node, (child) => collect(child, isFed || isFeeding || later.has(child), found, shows))
}

function showsInput({ name }: Command): boolean {
  const program = name === undefined ? '' : programName(toShellWord(name))
  return isReader(program) || ['tee', 'git', 'gh'].includes(program)
}

// A here-document of `cat` is written like an argument of `echo`.
function withBodies(command: Command) {
  const bodies = command.redirects.flatMap((redirect) =>
    redirect.type === 'HereDoc' ? [{ text: redirect.body.text, isKnown: true }] : [],
  )
  return [...wordsOf(command), ...bodies]
}

function isDangerousNode({ node, isFed, isShown }: Found, reading: Reading): boolean {
  const { isScript, depth } = reading
  switch (node.type) {
    case 'Command': {
      const words = wordsOf(node)
      const inputs = node.redirects.filter(({ operator }) => operator.startsWith('<'))
      // Then the rest of the script comes from there.
      const isBareExec = words.length === 1 && words[0]?.text === 'exec'
      if (isBareExec && inputs.some(({ descriptor }) => descriptor === undefined)) return true
      return isDangerousCommand(words, { ...lookInto(reading), readsInput: isFed || inputs.length > 0 })
    }
    case 'Redirect':
      return node.operator.includes('>') && isDangerousTarget(node.target, isScript)
    case 'HereDoc':
      return !isShown && isDangerousText(node.body.text, depth)
    case 'HereString':
      return !isShown && isDangerousText(node.target?.value ?? '', depth)
    case 'Assignment': {
      const value = node.text.slice(node.text.indexOf('=') + 1)
      const text = node.value.type === 'Word' ? node.value.value : value
      return isProtectedPath(text) || isDangerousText(text, depth)
    }
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

// A target like `$file` may be anything; `/tmp/$name` is in a folder.
function isDangerousTarget(target: Word | undefined, isScript: boolean): boolean {
  if (target === undefined) return isScript
  const { text, isKnown } = toShellWord(target)
  if (isProtectedPath(text)) return true
  return isScript && !isKnown && !/[^/$]*\//.test(text.replace(/^["']?\$\w+|^\$\{\w+\}/, ''))
}

/** Tests a text that another program may run as a script, also after an option: `-S"rm -rf x"`, `--exec="rm -rf x"`. */
function isDangerousText(text: string, depth: number): boolean {
  const afterOption = text.startsWith('-') ? [text.slice(2)] : []
  const afterEquals = [...text.matchAll(/=/g)].slice(0, maxEquals).map(({ index }) => text.slice(index + 1))
  return [text, ...afterOption, ...afterEquals]
    .filter((one) => /[\s;|&`$(<>{]/.test(one.trim()))
    .some((one) => isDangerousSource(one, { isScript: false, depth: depth + 1 }))
}
