import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Connected, Home } from './program.ts'

/** A program that works on one prompt. */
export interface StartedProgram {
  /** What it has printed, without ANSI codes. */
  readonly output: () => string
  /** Resolves with its exit code; null if a signal ended it. */
  readonly exit: Promise<number | null>
  /** Sends SIGKILL to it and its children. */
  readonly kill: () => Promise<void>
}

/** Builds the whole environment of a program: nothing of the user's, and without a namespace a proxy that refuses the network. */
export function environmentOf({ folder }: Home, { env }: Connected): Record<string, string> {
  const nowhere = 'http://127.0.0.1:9'
  const proxies = { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: '127.0.0.1,localhost' }
  return {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    HOME: folder,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    ...(process.env.AGENTS_NAMESPACE === '1' ? {} : proxies),
    ...env,
  }
}

/** Starts a program on a prompt, in its repository; after other lines in the same shell, if there are some. */
export function startProgram(home: Home, connected: Connected, prompt: string, lines = ''): StartedProgram {
  return runLines(home, connected, `${lines}\nexec "$@"`, [...connected.file, ...connected.headless(prompt)])
}

/** Runs lines in a shell, in a program's repository. */
export function runLines(
  home: Home,
  connected: Connected,
  lines: string,
  more: readonly string[] = [],
): StartedProgram {
  const args = ['-ec', lines, 'sh', ...more]
  const child = spawn('sh', args, {
    cwd: home.repository,
    env: environmentOf(home, connected),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so its children end with it.
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  child.on('error', (error) => {
    output += error.message
  })
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return {
    output: () => withoutAnsi(output),
    exit,
    kill: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL')
      await exit
    },
  }
}

function withoutAnsi(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
  return text.replace(/\u001b\[[\d;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007/g, '')
}
