import type { Tx } from '../../db/types.ts'
import { recordSecurityEvent } from '../../domain/access/security.ts'
import type { Change, Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { chatSpecs, decodeSetting, settingSpecs } from '../../domain/settings/setting-specs.ts'
import { lockSettings, readStored, writeStored } from '../../domain/settings/stored-settings.ts'
import { deleteStranger } from './strangers.ts'

/** The owner's chat, and the owner in it. */
export interface BoundChat {
  readonly chatId: number
  readonly userId: number
  /** The topic of a group with topics. */
  readonly threadId?: number | null
}

/**
 * Binds a chat to the owner. `allow` runs in the same transaction and may refuse. Throws `conflict` if it does or if a chat is already
 * bound; of two concurrent calls, one wins. Both outcomes are security events.
 */
export async function bindChat(
  ctx: Ctx,
  chat: BoundChat,
  allow: (tx: Tx) => Promise<boolean> = async () => true,
): Promise<void> {
  const bound = await ctx.mutate(async (tx): Promise<Change<boolean>> => {
    await lockSettings(tx, ctx.ownerId)
    const isFree = toBinding(await readStored(tx, ctx.ownerId)) === null && (await allow(tx))
    await recordSecurityEvent(tx, {
      ownerId: ctx.ownerId,
      eventType: 'chat.bind',
      outcome: isFree ? 'success' : 'failure',
      detail: { ...chat },
      now: ctx.now(),
    })
    if (!isFree) return { unchanged: true, result: false }
    await deleteStranger(tx, chat.userId)
    const { chatId, userId, threadId } = chatSpecs
    await writeStored(ctx, tx, {
      [chatId.key]: String(chat.chatId),
      [userId.key]: String(chat.userId),
      [threadId.key]: chat.threadId ? String(chat.threadId) : null,
      [settingSpecs.projectTopics.key]: null,
      [settingSpecs.enabled.key]: 'true',
    })
    return {
      result: true,
      events: [],
      audit: [{ action: 'chat.bind', targetType: 'chat', targetId: String(chat.chatId), meta: { ...chat } }],
    }
  })
  // Thrown after the commit, so the refusal stays on record.
  if (!bound)
    throw new DomainError('conflict', 'This board is already linked to another chat. Unlink it there first.')
}

/** Unbinds the owner's chat, unless it is bound to `keepUserId`. Returns whether it did. */
export async function unbindChat(
  ctx: Ctx,
  { keepUserId }: { readonly keepUserId?: number } = {},
): Promise<boolean> {
  return ctx.mutate(async (tx): Promise<Change<boolean>> => {
    await lockSettings(tx, ctx.ownerId)
    const chat = toBinding(await readStored(tx, ctx.ownerId))
    if (chat === null || chat.userId === keepUserId) return { unchanged: true, result: false }
    const { chatId, userId, threadId } = chatSpecs
    await writeStored(ctx, tx, {
      [chatId.key]: null,
      [userId.key]: null,
      [threadId.key]: null,
      [settingSpecs.projectTopics.key]: null,
    })
    const { now, ownerId } = ctx
    const detail = { ...chat, unbound: true }
    await recordSecurityEvent(tx, { ownerId, eventType: 'chat.bind', outcome: 'success', detail, now: now() })
    return {
      result: true,
      events: [],
      audit: [
        { action: 'chat.unbind', targetType: 'chat', targetId: String(chat.chatId), meta: { ...chat } },
      ],
    }
  })
}

/** Updates the owner's chat id when a group becomes a supergroup. Returns whether it was the owner's chat. */
export async function moveChat(
  ctx: Ctx,
  move: { readonly from: number; readonly to: number },
): Promise<boolean> {
  return ctx.mutate(async (tx): Promise<Change<boolean>> => {
    await lockSettings(tx, ctx.ownerId)
    const chat = toBinding(await readStored(tx, ctx.ownerId))
    if (chat === null || chat.chatId !== move.from || move.from === move.to)
      return { unchanged: true, result: false }
    await writeStored(ctx, tx, { [chatSpecs.chatId.key]: String(move.to) })
    return {
      result: true,
      events: [],
      audit: [{ action: 'chat.move', targetType: 'chat', targetId: String(move.to), meta: { ...move } }],
    }
  })
}

// Other software with this schema stores a chat without a user; such a chat isn't bound.
function toBinding(stored: Readonly<Record<string, string>>): BoundChat | null {
  const { chatId, userId, threadId } = chatSpecs
  const chat = decodeSetting(chatId, stored[chatId.key])
  const user = decodeSetting(userId, stored[userId.key])
  if (chat === null || user === null) return null
  return { chatId: chat, userId: user, threadId: decodeSetting(threadId, stored[threadId.key]) }
}
