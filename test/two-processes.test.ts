import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '../src/db/open.ts'
import { bindChat } from '../src/domain/chat-binding.ts'
import { createCtx } from '../src/domain/context.ts'
import { ensureOwner } from '../src/domain/ensure-owner.ts'
import { createProject } from '../src/domain/projects/create.ts'
import { openPlayground } from '../src/playground/playground.ts'
import { virtualUser } from '../src/playground/virtual-user.ts'
import { botToken } from './support/bot.ts'
import { withDatabase } from './support/global-setup.ts'
import { type StartedProcess, startProcess } from './support/process.ts'

const template = inject('templateDatabase')

async function leads(process: StartedProcess): Promise<boolean> {
  const health = (await (await fetch(`${process.url}/api/health`)).json()) as { checks: { leader: boolean } }
  return health.checks.leader
}

test.skipIf(template === null)(
  'of two processes on one Postgres one polls; when it is killed the other takes over within 15 s and nothing is said twice (an embedded database has one process)',
  { timeout: 90_000 },
  async () => {
    const { url, name } = template as NonNullable<typeof template>
    const copy = `${name}_two_${randomBytes(3).toString('hex')}`
    const admin = postgres(url, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${copy} template ${name}`)
    const databaseUrl = withDatabase(url, copy)
    const playground = await openPlayground({ botToken })
    const user = virtualUser(playground.world)
    const database = await openDatabase({ databaseUrl, dataDir: '', onTrouble: () => {} })
    const now = () => new Date()
    const owner = await ensureOwner(database.db, { email: 'owner@localhost.local', name: null, now: now() })
    const ctx = createCtx({ db: database.db, ownerId: owner.id, actor: { kind: 'owner' }, now })
    await bindChat(ctx, { chatId: user.chatId, userId: user.userId })
    await createProject(ctx, { key: 'WEB', name: 'Website' })
    const env = {
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: playground.url,
      DATABASE_URL: databaseUrl,
      SECRET_KEY: 'a-secret-key-for-tests-0123456789abcdef',
    }
    const processes = [await startProcess(env), await startProcess(env)]
    try {
      user.say('Before')
      await user.nextMessage('Before', { within: 20_000 })
      const leading = await Promise.all(processes.map(leads))
      expect(leading.filter(Boolean)).toHaveLength(1)

      await processes[leading.indexOf(true)]?.kill()
      user.say('After')
      await user.nextMessage('After', { within: 15_000 })

      const said = user
        .messages()
        .filter((message) => message.from?.is_bot && message.text?.includes('After'))
      expect(said).toHaveLength(1)
      expect(playground.world.calls.filter((call) => call.error?.code === 409)).toEqual([])
      expect(playground.world.violations).toEqual([])
    } finally {
      for (const process of processes) await process.kill()
      await playground.close()
      await database.close()
      await admin.unsafe(`drop database if exists ${copy} with (force)`)
      await admin.end()
    }
  },
)
