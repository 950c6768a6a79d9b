import { isProtectedPath, mentionsProtectedPath } from './protected-path.ts'
import { programName, type ShellWord } from './shell-word.ts'

/** How a program is run, as far as its own words don't show it. */
export interface ProgramUse {
  /** What it does if its words contain no script may come from its input. */
  readonly readsInput: boolean
  /** Another program adds words to it, e.g. `xargs`. */
  readonly isExtended: boolean
  /** Tests a script within a word. */
  readonly isDangerousScript: (source: string) => boolean
}

const alwaysDangerous = new Set([
  ...['sudo', 'sudoedit', 'doas', 'su', 'pkexec', 'run0', 'runas', 'gosu', 'runuser', 'sudo-rs'],
  ...['dd', 'mkswap', 'mke2fs', 'fdisk', 'sfdisk', 'parted', 'wipefs', 'blkdiscard', 'shred', 'srm'],
  // They change what a name means.
  ...['alias', 'enable', 'hash'],
])
const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'rbash'])
const otherShells = new Set(['fish', 'csh', 'tcsh', 'nu', 'xonsh', 'elvish', 'pwsh', 'powershell', 'cmd'])
const interpreter =
  /^(?:python[\d.]*|pypy3?|node|nodejs|deno|bun|perl[\d.]*|ruby[\d.]*|php[\d.]*|lua[\d.]*|osascript|tclsh|julia|rscript|elixir)$/
const awk = /^[gmn]?awk$/
const sources = new Set(['.', 'source'])
const evaluators = new Set(['eval', 'trap'])
const inputPath = /^(?:-|\/dev\/(?:stdin|fd\/.*)|\/proc\/.*\/fd\/.*)$/
// Code that deletes files or starts programs.
const dangerousCode =
  /system|exec|spawn|popen|subprocess|child_process|fork|rmtree|rmsync|rmdir|rm_r|\brm\b|fileutils|unlink|remove|shutil|`|do shell script/i

/** Tests whether the words could run something dangerous even as part of another command. */
export function isRiskyProgram(name: string): boolean {
  return (
    name === 'rm' ||
    name === 'git' ||
    name === 'find' ||
    name === 'ssh' ||
    name.startsWith('mkfs') ||
    isShell(name) ||
    evaluators.has(name) ||
    alwaysDangerous.has(name) ||
    interpreter.test(name) ||
    awk.test(name)
  )
}

/** Tests whether a program is a shell. */
export function isShell(name: string): boolean {
  return shells.has(name) || otherShells.has(name)
}

/** Tests whether a program with its words is dangerous by itself. */
export function isDangerousProgram([program, ...args]: readonly ShellWord[], use: ProgramUse): boolean {
  if (program === undefined) return false
  const name = programName(program)
  if (alwaysDangerous.has(name) || name.startsWith('mkfs')) return true
  if (name === 'rm') return use.isExtended || isDangerousRemoval(args)
  if (name === 'git') return isDangerousGit(args, use)
  if (name === 'find') return args.some(({ text }) => text === '-delete')
  if (isShell(name)) return isDangerousShell(name, args, use)
  if (evaluators.has(name)) return isDangerousEval(args, use)
  if (name === 'ssh') return isDangerousRemote(args, use)
  if (sources.has(name)) return args.some(({ text }) => inputPath.test(text) || text.startsWith('<('))
  if (interpreter.test(name) || awk.test(name)) return isDangerousInterpreter(args, use, awk.test(name))
  return false
}

/** Tests whether a long option or an abbreviation of it is given. */
function isOption(text: string, ...options: readonly string[]): boolean {
  return text.length > 3 && options.some((option) => option.startsWith(text) || text.startsWith(`${option}=`))
}

// Without `--`, an unknown word may be an option.
function beforeOperands(args: readonly ShellWord[]): readonly ShellWord[] {
  const end = args.findIndex(({ text }) => text === '--')
  return end === -1 ? args : args.slice(0, end)
}

function isDangerousRemoval(args: readonly ShellWord[]): boolean {
  return beforeOperands(args).some(
    ({ text, isKnown }) => !isKnown || /^-\w*[rf]/i.test(text) || isOption(text, '--recursive', '--force'),
  )
}

const gitOptionsWithValue =
  /^(?:-C|-c|--(?:git-dir|work-tree|namespace|super-prefix|config-env|attr-source))$/

function isDangerousGit(args: readonly ShellWord[], { isExtended }: ProgramUse): boolean {
  if (args.some(({ text }) => text.startsWith('alias.'))) return true
  let at = 0
  while (args[at]?.text.startsWith('-')) at += gitOptionsWithValue.test(args[at]?.text ?? '') ? 2 : 1
  const [command, ...rest] = args.slice(at)
  if (command === undefined) return isExtended
  if (!command.isKnown || command.text === 'clean') return true
  if (command.text === 'reset')
    return rest.some(({ text, isKnown }) => !isKnown || isOption(text, '--hard')) || isExtended
  // An option that isn't known here may take `push` for its value.
  const push = args.findIndex(({ text }) => text === 'push' || text === 'send-pack')
  return push !== -1 && (isExtended || args.slice(push + 1).some(isDangerousPushWord))
}

// `+main` overwrites a branch, `:main` deletes it.
function isDangerousPushWord({ text, isKnown }: ShellWord): boolean {
  if (!isKnown || /^[+:]/.test(text) || /^-\w*[fd]/.test(text)) return true
  return text.startsWith('--force') || isOption(text, '--force', '--delete', '--mirror', '--prune')
}

function isDangerousShell(name: string, args: readonly ShellWord[], use: ProgramUse): boolean {
  const options = args.filter(({ text }) => /^[-+/]\w/.test(text))
  const hasScript = options.some(({ text }) => /^(?:-\w*c|\/c$|-command|-encodedcommand)/i.test(text))
  if (hasScript && otherShells.has(name)) return true
  if (options.some(({ text }) => /^-\w*s/.test(text))) return true
  // `-o` and `-O` take a value.
  const words = args.filter(
    ({ text }, index) => !/^[-+]./.test(text) && !/^[-+]\w*o$/i.test(args[index - 1]?.text ?? ''),
  )
  const [first] = words
  if (first === undefined)
    return use.isExtended || (use.readsInput && !args.some(({ text }) => /^--(?:version|help)$/.test(text)))
  if (!first.isKnown || inputPath.test(first.text)) return true
  return hasScript && words.some(({ text, isKnown }) => isKnown && use.isDangerousScript(text))
}

function isDangerousEval(args: readonly ShellWord[], { isExtended, isDangerousScript }: ProgramUse): boolean {
  const isKnown = args.every((word) => word.isKnown)
  return isExtended || !isKnown || isDangerousScript(args.map(({ text }) => text).join(' '))
}

const sshOptionWithValue = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/

// The other machine's shell gets the words after its name as a script.
function isDangerousRemote(args: readonly ShellWord[], { isDangerousScript }: ProgramUse): boolean {
  const host = args.findIndex(
    ({ text }, index) => !text.startsWith('-') && !sshOptionWithValue.test(args[index - 1]?.text ?? ''),
  )
  const script = args.slice(host + 1).map(({ text }) => text)
  return host !== -1 && script.length > 0 && isDangerousScript(script.join(' '))
}

const codeOption = /^-\w*[eEcpr]$|^--(?:eval|print|execute|run)$|^eval$/
const attachedCode = /^-[ec].|^--(?:eval|print|execute|run)=/
const optionWithValue = /^-[WXI]$/

function isDangerousInterpreter(args: readonly ShellWord[], use: ProgramUse, takesCode: boolean): boolean {
  const words = args.filter(
    ({ text }, index) => !/^-./.test(text) && !optionWithValue.test(args[index - 1]?.text ?? ''),
  )
  const isAttached = args.some(({ text }) => attachedCode.test(text))
  const isCode = takesCode || isAttached || args.some(({ text }) => codeOption.test(text))
  const [first] = words
  if (isCode && (first !== undefined || isAttached))
    return args.some(({ text }) => dangerousCode.test(text) || mentionsProtectedPath(text))
  if (first === undefined)
    return use.readsInput && !args.some(({ text }) => /^(?:-[vVh]|--(?:version|help))$/.test(text))
  return inputPath.test(first.text) || first.text.startsWith('<(')
}

/** Tests whether a word names a path that nothing but a reader may use. */
export function namesProtectedPath({ text }: ShellWord): boolean {
  return isProtectedPath(text) || isProtectedPath(text.slice(text.indexOf('=') + 1))
}
