import type { MiddlewareFn } from 'grammy'
import { takeTokenLink } from '../../telegram/store/connecting.ts'
import { tokenLinkGoneCard } from '../../view/system/tokens.ts'
import type { BotContext } from '../kit/context.ts'
import { issueToken } from '../kit/issue-token.ts'
import { tokenLinkHash } from './access.ts'

/** Opens the link to a new token. This is all that a bot linked to a group does in its owner's private chat. */
export function tokenLinks(): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const hash = tokenLinkHash(ctx, ctx.settings)
    if (hash === null) return next()
    const link = await takeTokenLink(ctx.deps.store, hash, ctx.board.now())
    if (link === null) await ctx.sender.send(tokenLinkGoneCard(), { purpose: 'notice' })
    else await issueToken(ctx, link, { isElsewhere: true })
  }
}
