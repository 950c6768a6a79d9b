import { execFile } from 'node:child_process'

const maxOutput = 16 * 1024 * 1024

/** A failure that its task must show: what happened, then what to do. */
export class RunFailure extends Error {}

/** Git in one folder. Nothing asks for a password, and messages are in English. */
export interface Git {
  readonly folder: string
  /** Returns what a command prints. Throws a `RunFailure` with git's own words if it fails. */
  readonly run: (args: readonly string[], maxMs?: number) => Promise<string>
  /** Returns what a command prints, or null if it fails. */
  readonly ask: (args: readonly string[]) => Promise<string | null>
}

/** Opens git in a folder. */
export function openGit(folder: string): Git {
  const run: Git['run'] = (args, maxMs = 10 * 60_000) =>
    new Promise((resolve, reject) => {
      const options = { cwd: folder, env: gitEnvironment(), maxBuffer: maxOutput, timeout: maxMs }
      execFile('git', [...args], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trimEnd())
        else reject(new RunFailure(toSentence(args, { error, output: `${stdout}\n${stderr}` })))
      })
    })
  return { folder, run, ask: (args) => run(args).catch(() => null) }
}

// Started from a git hook, git's own variables would point at another repository.
function gitEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  return { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }
}

function toSentence(
  [command = '', subcommand = '']: readonly string[],
  { error, output }: { readonly error: Error & { readonly code?: unknown }; readonly output: string },
): string {
  if (error.code === 'ENOENT') return 'git is not installed. Install it, then queue the task again.'
  if (/No space left on device|ENOSPC/.test(output))
    return 'The disk is full. Free some space, then queue the task again.'
  const name = command === 'worktree' ? `git ${command} ${subcommand}` : `git ${command}`
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return `${name} failed: ${lines.slice(-6).join('\n') || error.message}`
}
