import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { builtIn } from './build.ts'

/** The product in its own process, so it can be killed. */
export interface BotProcess {
  readonly output: () => string
  /** Its URL once it is logged; rejects with its output if it exits before that. */
  readonly ready: Promise<string>
  /** Sends SIGKILL: nothing is finished or closed. */
  readonly kill: () => Promise<void>
  /** Sends SIGTERM; resolves with the exit code. */
  readonly stop: () => Promise<number | null>
  readonly signal: (signal: NodeJS.Signals) => void
}

/** Starts the built product like `npm start`, with only this environment. */
export async function launchProcess(env: Readonly<Record<string, string>>): Promise<BotProcess> {
  const cwd = await builtIn(inject('buildFolder'))
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly start: string }
  }
  const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'))
  const child = spawn(process.execPath, [...flags, 'dist/main.js'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', PORT: '0', HOST: '127.0.0.1', ...env },
  })
  const output = collect(child)
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const address = /"url":"([^"]+)"/.exec(output())?.[1]
      if (address !== undefined) resolve(address.replace('localhost', '127.0.0.1'))
    })
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${output()}`)))
  })
  ready.catch(() => {})
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
    return child.exitCode
  }
  return {
    output,
    ready,
    kill: async () => {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    signal: (signal) => void child.kill(signal),
  }
}

export interface StartedProcess extends BotProcess {
  readonly url: string
}

/** Starts it and waits for its URL. */
export async function startProcess(env: Readonly<Record<string, string>>): Promise<StartedProcess> {
  const started = await launchProcess(env)
  return { ...started, url: await started.ready }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  return () => text
}
