import { createToken } from '../../domain/access/tokens.ts'
import { dayMs } from '../../domain/core/durations.ts'
import { awaitFirstUse, type TokenLink } from '../../telegram/store/connecting.ts'
import { findMessage } from '../../telegram/store/messages/messages.ts'
import { toRequest } from '../../view/kit/request.ts'
import { engineOfAgent } from '../../view/system/connect.ts'
import { connectedCard, secretCard, type TokenFacts } from '../../view/system/tokens.ts'
import type { BotContext } from './context.ts'

/** Creates a token and sends it with the next steps. The message is updated once the agent connects. */
export async function issueToken(
  ctx: BotContext,
  { name, days }: TokenLink,
  options: { readonly isElsewhere?: boolean } = {},
): Promise<TokenFacts> {
  const now = ctx.board.now()
  const expiresAt = days === null ? null : new Date(now.getTime() + days * dayMs)
  const { token, row } = await createToken(ctx.board, { name, expiresAt, engine: engineOfAgent(name) })
  const messageId = await ctx.sender.send(secretCard(name, { url: ctx.deps.agentUrl, token }, options), {
    purpose: 'notice',
    secret: true,
  })
  const chatId = ctx.chat?.id ?? 0
  const message = await findMessage(ctx.deps.store, chatId, messageId)
  if (message !== null) {
    const request = toRequest(connectedCard(name, row.id), { silent: true })
    await awaitFirstUse(ctx.deps.store, { tokenId: row.id, row: message.id, request }, now)
  }
  return row
}
