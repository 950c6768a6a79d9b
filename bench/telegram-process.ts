import { openPlayground } from '../src/playground/playground.ts'

// Runs Telegram in its own process, so its cost isn't counted as the bot's.
const telegram = await openPlayground({ botToken: '123456:benchmark-of-the-bot-token-00000' })
process.send?.({ url: telegram.url, token: telegram.token, userId: telegram.world.owner.user.id })
process.once('disconnect', () => process.exit(0))
