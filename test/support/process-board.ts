import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { inject } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import type { Database } from '../../src/db/types.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createCtx } from '../../src/domain/core/context.ts'
import { ensureOwner } from '../../src/domain/core/owner.ts'
import type { Scope } from '../../src/domain/core/scope.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import { withDatabase } from './global-setup.ts'

/** A board for processes to open; one at a time if embedded. */
export interface ProcessBoard {
  /** The environment that points a process to it. */
  readonly env: Readonly<Record<string, string>>
  /** An agent's token. */
  readonly token: string
  /** Null if embedded. */
  readonly databaseUrl: string | null
  /** Reads from it; if embedded, no process may have it open. */
  readonly look: <T>(work: (scope: Scope & { readonly db: Database['db'] }) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** Creates a board with its own database, bound to a chat, with the projects WEB and API. */
export async function openProcessBoard(chat: {
  readonly chatId: number
  readonly userId: number
}): Promise<ProcessBoard> {
  const place = await openPlace()
  const look: ProcessBoard['look'] = async (work) => {
    const database = await openDatabase({ ...place.options, onTrouble: () => {}, upkeep: false })
    try {
      const now = new Date()
      const owner = await ensureOwner(database.db, { email: 'owner@localhost.local', name: null, now })
      return await work({ db: database.db, ownerId: owner.id })
    } finally {
      await database.close()
    }
  }
  const token = await look(async (scope) => {
    const ctx = createCtx({ ...scope, actor: { kind: 'owner' }, now: () => new Date() })
    await bindChat(ctx, chat)
    await createProject(ctx, { key: 'WEB', name: 'Website' })
    await createProject(ctx, { key: 'API', name: 'Service' })
    return (await createToken(ctx, { name: 'laptop' })).token
  })
  const { databaseUrl } = place.options
  return {
    env: {
      SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef',
      RATE_LIMIT: '1000000',
      DATA_DIR: place.options.dataDir,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    },
    token,
    databaseUrl: databaseUrl ?? null,
    look,
    close: place.drop,
  }
}

async function openPlace() {
  const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-process-'))
  const removeFolder = async () => rmSync(dataDir, { recursive: true, force: true })
  const template = inject('templateDatabase')
  if (template === null) return { options: { dataDir, databaseUrl: undefined }, drop: removeFolder }
  const name = `${template.name}_process_${randomBytes(4).toString('hex')}`
  const admin = postgres(template.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template.name}`)
  return {
    options: { dataDir, databaseUrl: withDatabase(template.url, name) },
    drop: async () => {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
      await removeFolder()
    },
  }
}
