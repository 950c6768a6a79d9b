import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../../src/app/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/open.ts'
import { type Ctx, createCtx } from '../../src/domain/core/context.ts'
import { ensureOwner } from '../../src/domain/core/owner.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { openLog } from '../../src/log.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground } from '../../src/playground/playground.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'

const botToken = '1000000001:AA-token-of-the-picture-scene-000000'
export const setupCode = 'code-of-the-picture-scene'

/** The whole product with its own Telegram and database, not yet bound to a chat. */
export interface Stage {
  readonly user: VirtualUser
  /** Acts on the board as the owner, at a given time. */
  readonly ownerAt: (now: () => Date) => Ctx
  /** The URL of the chat page. */
  readonly pageUrl: string
  readonly apiUrl: string
  /** Binds the user's private chat, without the setup dialog. */
  readonly bind: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function openStage(now: () => Date): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-pictures-'))
  const playground = await openPlayground({ botToken, clock: now })
  const database = await openDatabase({ dataDir, onTrouble: () => {} })
  const owner = await ensureOwner(database.db, { email: 'ada@example.com', name: 'Ada', now: now() })
  const config = loadConfig({
    BOT_TOKEN: botToken,
    TELEGRAM_API_ROOT: playground.url,
    PORT: '0',
    HOST: '127.0.0.1',
    SECRET_KEY: 'only-for-the-pictures-0123456789abcdef',
    SETUP_CODE: setupCode,
  })
  const open = async () => ({ ...database, close: async () => {} })
  const app = await startApp({ config, log: openLog({ level: 'warn' }), now, open })
  const user = virtualUser(playground.world)
  const ownerAt = (at: () => Date) =>
    createCtx({ db: database.db, ownerId: owner.id, actor: { kind: 'owner' }, now: at })
  return {
    user,
    ownerAt,
    bind: async () => {
      await bindChat(ownerAt(now), { chatId: user.userId, userId: user.userId })
      await changeSettings(ownerAt(now), { timeZone: 'Europe/Berlin' })
    },
    pageUrl: playground.url,
    apiUrl: app.url,
    close: async () => {
      await app.close()
      await playground.close()
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
