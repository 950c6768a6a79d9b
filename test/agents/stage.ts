import { rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, type TestContext } from 'vitest'
import { createToken } from '../../src/domain/access/tokens.ts'
import type { TestBot } from '../support/bot.ts'
import { useBot } from '../support/chat.ts'
import { type FakeModel, startFakeModel } from './model/model.ts'
import { claude } from './programs/claude.ts'
import { codex } from './programs/codex.ts'
import { gemini } from './programs/gemini.ts'
import { createHome, type Program } from './programs/program.ts'
import { startRunner } from './programs/runner.ts'
import { runLines, type StartedProgram, startProgram } from './programs/start.ts'
import { openTerminal, type Terminal } from './programs/terminal.ts'
import { openWire, type Wire } from './wire.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What the report shows of a test. */
    agent?: AgentResult
  }
}

export interface AgentResult {
  readonly name: string
  readonly version: string
  /** How long its programs ran. */
  readonly ms: number
  /** What the program printed, if the scenario is about that. */
  readonly printed: string | null
}

export const programs: readonly Program[] = [claude, codex, gemini]

/** A program that is connected to the bot. */
export interface Agent {
  /** The folder in which it works. */
  readonly repository: string
  /** Works on a prompt without a terminal; after other lines in the same shell, if there are some. */
  readonly start: (prompt: string, lines?: string) => StartedProgram
  /** Runs lines in a shell with its command. */
  readonly run: (lines: string) => StartedProgram
  /** Opens its screen. */
  readonly open: () => Terminal
  /** Starts a runner that works on its repository with it. */
  readonly startRunner: () => Promise<void>
}

interface ConnectOptions {
  /** Null: the program doesn't know the bot yet. */
  readonly token?: string | null
  readonly hooks?: boolean
  readonly plugin?: boolean
}

/** The bot with its chat, the model, and the programs. */
export interface Stage {
  readonly bot: TestBot
  readonly model: FakeModel
  readonly wire: Wire
  /** Connects a program, by default with a new token. The report shows the first program of a test. */
  readonly connect: (program: Program, more?: ConnectOptions) => Promise<Agent>
  /** Adds what a program printed to the report. */
  readonly report: (printed: string) => void
}

interface Shown {
  readonly end: () => unknown
  readonly text: () => string
}

/** Opens the bot and a fake model for a file's tests. */
export function useStage(): () => Stage {
  const bot = useBot()
  let model: FakeModel
  let wire: Wire
  let first: Program | null = null
  let printed: string | null = null
  let ms = 0
  const cleanups: (() => unknown)[] = []
  const shown: Shown[] = []

  beforeAll(async () => {
    model = await startFakeModel()
    wire = await openWire(() => bot().url())
  })
  beforeEach(() => {
    // What the chat showed in the test before isn't waited for.
    bot().user.mark()
    model.reset()
    first = null
    printed = null
    ms = 0
  })
  afterEach(async ({ task }: TestContext) => {
    if (task.result?.state === 'fail') {
      for (const { text } of shown) process.stderr.write(`${text()}\n`)
      for (const result of model.results()) process.stderr.write(`Returned to the model: ${result}\n`)
    }
    for (const { end } of shown.splice(0)) await end()
    if (first !== null)
      task.meta.agent = { name: first.name, version: first.version, ms: Math.round(ms), printed }
    for (const cleanUp of cleanups.splice(0)) await cleanUp()
    expect(model.problems).toEqual([])
  })
  afterAll(async () => {
    await wire.close()
    await model.close()
  })

  const connect: Stage['connect'] = async (program, more = {}) => {
    first ??= program
    const home = createHome()
    cleanups.push(() => rmSync(home.folder, { recursive: true, force: true, maxRetries: 3 }))
    const { name, engine } = program
    const token =
      more.token === undefined ? (await createToken(bot().ctx, { name, engine })).token : more.token
    const server =
      token === null
        ? null
        : { url: wire.url, token, hooks: more.hooks ?? false, plugin: more.plugin ?? false }
    const connected = program.connect(home, { model: model.url, bot: server })
    const file = connected.file.map((part) => `'${part}'`).join(' ')
    home.write(`bin/${program.command}`, `#!/bin/sh\nexec ${file} "$@"\n`)
    const clock = () => {
      const began = performance.now()
      let isOver = false
      return () => {
        if (!isOver) ms += performance.now() - began
        isOver = true
      }
    }
    return {
      repository: home.repository,
      start: (prompt, lines) => {
        const stop = clock()
        const started = startProgram(home, connected, prompt, lines)
        started.exit.then(stop, stop)
        shown.push({ end: started.kill, text: started.output })
        return started
      },
      run: (lines) => {
        const started = runLines(home, connected, lines)
        shown.push({ end: started.kill, text: started.output })
        return started
      },
      open: () => {
        const stop = clock()
        const terminal = openTerminal(home, connected)
        const close = () => {
          stop()
          terminal.close()
        }
        shown.push({ end: close, text: terminal.screen })
        return terminal
      },
      startRunner: async () => {
        const { token } = await createToken(bot().ctx, { name: 'runner' })
        const stop = clock()
        const runner = await startRunner(home, connected, { engine, url: wire.url, token })
        const end = () => {
          stop()
          runner.kill('SIGTERM')
          return runner.exit
        }
        shown.push({ end, text: runner.output })
      },
    }
  }
  return () => ({
    bot: bot(),
    model,
    wire,
    connect,
    report: (text) => {
      printed = text
    },
  })
}
