import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Engine } from '../../../src/db/schema.ts'
import type { Package } from './install.ts'

/** A vendor's program, and how to run it without an account. */
export interface Program extends Package {
  readonly name: string
  /** Its command in a shell. */
  readonly command: string
  readonly engine: Engine
  /** Writes its configuration into a home; returns how to start it there. */
  readonly connect: (home: Home, to: Connection) => Connected
}

/** A home folder for one agent, with a repository to work in. */
export interface Home {
  readonly folder: string
  readonly repository: string
  /** Writes a file, which may be executed. Returns its path. */
  readonly write: (path: string, content: string | object) => string
}

export interface Connection {
  /** The fake model's URL. */
  readonly model: string
  /** Null: the program doesn't know the bot yet. */
  readonly bot: {
    readonly url: string
    readonly token: string
    /** Whether the program reports its events to the bot's hooks. */
    readonly hooks: boolean
    /** Whether it is connected by the bot's plugin alone. */
    readonly plugin: boolean
  } | null
}

export interface Connected {
  readonly env: Readonly<Record<string, string>>
  /** The file to run, with what runs it. */
  readonly file: readonly string[]
  /** The arguments to work on a prompt and exit. */
  readonly headless: (prompt: string) => readonly string[]
  /** The arguments to open its screen; a terminal must be there. */
  readonly interactive: readonly string[]
}

/** Creates a home in the temporary folder. */
export function createHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-agent-'))
  const repository = join(folder, 'website')
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository])
  return {
    folder,
    repository,
    write: (path, content) => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2), {
        mode: 0o700,
      })
      return file
    },
  }
}
