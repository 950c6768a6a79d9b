import type { MiddlewareFn } from 'grammy'
import { createCtx } from '../../domain/core/context.ts'
import { readOwnerSettings } from '../../domain/settings/settings.ts'
import { moveChat } from '../../telegram/store/chat-binding.ts'
import type { BotContext, BotDeps } from '../kit/context.ts'

/**
 * Follows the owner's group when it becomes a supergroup with a new ID, and notes when the bot is removed. Telegram
 * sends this with the upgrading user as sender, so it runs before the access check.
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
    // The supergroup names its old ID and the group its new one; either update may arrive first.
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
