import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Engine } from '../../../src/db/schema.ts'
import type { Package } from './install.ts'

/** A vendor's program, and how to run it without an account. */
export interface Program extends Package {
  readonly name: string
  readonly engine: Engine
  /** Writes its configuration into a home; returns how to start it there. */
  readonly connect: (home: Home, to: Connection) => Connected
}

/** A home folder for one agent, with a repository to work in. */
export interface Home {
  readonly folder: string
  readonly repository: string
  readonly write: (path: string, content: string | object) => string
}

export interface Connection {
  /** The fake model's URL. */
  readonly model: string
  /** The bot's URL. */
  readonly url: string
  readonly token: string
}

export interface Connected {
  readonly env: Readonly<Record<string, string>>
  /** The command that works on a prompt and exits. */
  readonly headless: (prompt: string) => readonly string[]
  /** The command that opens its screen; a terminal must be there. */
  readonly interactive: readonly string[]
}

/** Creates a home in the temporary folder. */
export function createHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-agent-'))
  const repository = join(folder, 'website')
  execFileSync('git', ['init', '--quiet', repository])
  return {
    folder,
    repository,
    write: (path, content) => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
      return file
    },
  }
}
