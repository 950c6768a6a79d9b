import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Database, openDatabase } from '../src/db/open.ts'
import { bindChat } from '../src/domain/chat-binding.ts'
import { createCtx } from '../src/domain/context.ts'
import { ensureOwner } from '../src/domain/ensure-owner.ts'
import { createProject } from '../src/domain/projects/create.ts'
import { listTasks } from '../src/domain/tasks/list.ts'
import { openPlayground, type Playground } from '../src/playground/playground.ts'
import { virtualUser } from '../src/playground/virtual-user.ts'
import { botToken } from './support/bot.ts'
import { withDatabase } from './support/global-setup.ts'
import { startProcess } from './support/process.ts'

const kills = Number(process.env.KILLS ?? 5)
const messages = kills * 8

let playground: Playground
let folder: string
let databaseUrl: string | undefined
let dropDatabase = async () => {}

beforeAll(async () => {
  playground = await openPlayground({ botToken })
  folder = mkdtempSync(join(tmpdir(), 'preqbot-kill-'))
  const template = inject('templateDatabase')
  if (template === null) return
  const name = `${template.name}_kill_${randomBytes(3).toString('hex')}`
  const admin = postgres(template.url, { max: 1 })
  await admin.unsafe(`create database ${name} template ${template.name}`)
  databaseUrl = withDatabase(template.url, name)
  dropDatabase = async () => {
    await admin.unsafe(`drop database ${name} with (force)`)
    await admin.end()
  }
})

afterAll(async () => {
  await playground.close()
  await dropDatabase()
  rmSync(folder, { recursive: true, force: true })
})

const open = (): Promise<Database> => openDatabase({ databaseUrl, dataDir: folder, onTrouble: () => {} })

test(`${messages} messages and ${kills} kills at random moments: each message is one task`, {
  timeout: 240_000,
}, async () => {
  const user = virtualUser(playground.world)
  await withBoard(async ({ ctx }) => {
    await bindChat(ctx, { chatId: user.chatId, userId: user.userId })
    await createProject(ctx, { key: 'WEB', name: 'Website' })
  })
  const env = {
    BOT_TOKEN: botToken,
    TELEGRAM_API_ROOT: playground.url,
    DATA_DIR: folder,
    SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }

  let said = 0
  for (let round = 0; round < kills; round += 1) {
    const process = await startProcess(env)
    for (let i = 0; i < messages / kills; i += 1) {
      said += 1
      user.say(`Message number ${said}`)
      await pause(randomInt(0, 120))
    }
    await process.kill()
  }
  const last = await startProcess(env)
  await user.nextMessage(`Message number ${said}`, { within: 60_000 })
  await last.stop()

  const titles = await withBoard(async ({ scope }) => (await listTasks(scope, {})).map((task) => task.title))
  expect([...titles].sort()).toEqual(
    Array.from({ length: messages }, (_, i) => `Message number ${i + 1}`).sort(),
  )
  expect(playground.world.violations).toEqual([])
})

async function withBoard<T>(
  work: (board: {
    ctx: ReturnType<typeof createCtx>
    scope: { db: Database['db']; ownerId: string }
  }) => Promise<T>,
): Promise<T> {
  const database = await open()
  try {
    const now = () => new Date()
    const owner = await ensureOwner(database.db, { email: 'owner@localhost.local', name: null, now: now() })
    const ctx = createCtx({ db: database.db, ownerId: owner.id, actor: { kind: 'owner' }, now })
    return await work({ ctx, scope: { db: database.db, ownerId: owner.id } })
  } finally {
    await database.close()
  }
}
