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

/** A board that processes open, one after the other where it is embedded. */
export interface ProcessBoard {
  /** What a process needs to find it. */
  readonly env: Readonly<Record<string, string>>
  /** The token of an agent. */
  readonly token: string
  /** Null where it is embedded. */
  readonly databaseUrl: string | null
  /** Looks into it; no process may have it where it is embedded. */
  readonly look: <T>(work: (scope: Scope & { readonly db: Database['db'] }) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** Makes a board that is bound to a chat, with the projects WEB and API, on a database of its own. */
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
