import type { MiddlewareFn } from 'grammy'
import { createCtx } from '../../domain/core/context.ts'
import { readOwnerSettings } from '../../domain/settings/settings.ts'
import { moveChat } from '../../telegram/store/chat-binding.ts'
import type { BotContext, BotDeps } from '../kit/context.ts'

/**
 * Follows the owner's group when it becomes a supergroup and gets another id. Only Telegram sends this, with the upgrading user as
 * the sender, so it runs before the access check. The same goes for the bot's removal from the group.
 */
export function followGroup(deps: BotDeps): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    const status = ctx.myChatMember?.new_chat_member.status
    if (status !== undefined && ctx.chat !== undefined && ctx.chat.type !== 'private') {
      const { chatId } = await readOwnerSettings({ db: deps.store, ownerId: deps.ownerId })
      if (chatId !== ctx.chat.id) return next()
      deps.log.info({ status }, 'what the bot may do in its group has changed')
      if (status !== 'left' && status !== 'kicked') deps.onOwnerBack?.()
      return
    }
    const { migrate_to_chat_id: newId, migrate_from_chat_id: oldId } = ctx.message ?? {}
    if (ctx.chat === undefined || (newId === undefined && oldId === undefined)) return next()
    // The supergroup says where it comes from, and the group where it went; either may arrive first.
    const from = oldId ?? ctx.chat.id
    const to = newId ?? ctx.chat.id
    const board = createCtx({
      db: deps.store,
      ownerId: deps.ownerId,
      actor: { kind: 'system' },
      now: deps.now,
    })
    if (await moveChat(board, { from, to })) deps.log.info({ to }, 'the group became a supergroup')
  }
}
