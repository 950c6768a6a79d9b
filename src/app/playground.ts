import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import type { Db } from '../db/types.ts'
import { revokeAllTokens } from '../domain/access/tokens.ts'
import type { Ctx } from '../domain/core/context.ts'
import type { Log } from '../log.ts'
import { readState, writeState } from '../telegram/store/bot-state.ts'
import { unbindChat } from '../telegram/store/chat-binding.ts'

/** The bot ID of every playground. Real bots have longer IDs. */
const botId = 1000

/** Opens the playground, loading its code only now. Its token and page key are new on each start. */
export async function startPlayground({ PUBLIC_URL, PLAYGROUND_PUBLIC }: Config) {
  const { createWorld } = await import('../playground/world/world.ts')
  const { playgroundApp } = await import('../playground/playground.ts')
  const { startWebhookDelivery } = await import('../playground/server/webhook-delivery.ts')
  const key = randomBytes(16).toString('base64url')
  const world = createWorld({ owner: { started: false }, webhooks: 'loopback' })
  const pageKey = {
    key,
    opensBare: PLAYGROUND_PUBLIC !== true,
    isHttps: PUBLIC_URL?.startsWith('https:') ?? false,
  }
  const allowedHosts = PUBLIC_URL === undefined ? [] : [new URL(PUBLIC_URL).hostname]
  return {
    token: world.bot.token,
    key,
    /** The Telegram user of the page. */
    userId: world.owner.user.id,
    /** Builds the link that opens the page at a base URL. */
    toLink: (url: string) => `${url}/?key=${key}`,
    routes: playgroundApp(world, { allowedHosts, pageKey }),
    close: startWebhookDelivery(world),
  }
}

/**
 * On the first start with a real bot, unbinds the playground's owner and revokes its tokens. Call it before serving requests:
 * anyone who reached the playground could have created a token.
 */
export async function leavePlayground(
  ctx: Ctx,
  { db, botToken, log }: { readonly db: Db; readonly botToken: string; readonly log: Log },
): Promise<void> {
  if ((await readState<number>(db, 'bot_id')) !== botId) return
  await unbindChat(ctx)
  const revoked = await revokeAllTokens(ctx, 'playground')
  await writeState(db, 'bot_id', Number.parseInt(botToken, 10), ctx.now())
  if (revoked > 0)
    log.warn({ revoked }, 'revoked the tokens made in the playground; make new ones in /agents')
}
