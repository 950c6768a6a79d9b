import { type VirtualUser, virtualUser } from '../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../src/playground/playground.ts'
import { type AppProcess, startApp } from './app-process.ts'
import { addToken, bind, within } from './board.ts'
import { resetPool } from './seed.ts'
import type { BenchStore } from './store.ts'

/** The app in its own process, with the owner's chat and an agent's token. */
interface ChatApp {
  readonly telegram: Playground
  readonly user: VirtualUser
  readonly app: AppProcess
  readonly token: string
  readonly stop: () => Promise<void>
}

/** Starts the app on the seeded pool of tasks; resolves once it answers the owner. */
export async function startChatApp(store: BenchStore): Promise<ChatApp> {
  const telegram = await openPlayground({
    botToken: '123456:benchmark-of-the-bot-token-00000',
    firstUpdateId: Date.now(),
  })
  const user = virtualUser(telegram.world)
  const token = await within(store, async (database) => {
    await resetPool(database.db)
    await bind(database, user.userId)
    return addToken(database)
  })
  const app = await startApp({ ...store.env, BOT_TOKEN: telegram.token, TELEGRAM_API_ROOT: telegram.url })
  user.sendText('/help')
  await user.nextMessage()
  const stop = async () => {
    await app.stop()
    await telegram.close()
  }
  return { telegram, user, app, token, stop }
}
