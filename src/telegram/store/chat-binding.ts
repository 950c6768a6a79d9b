import type { Reader } from '../../db/types.ts'
import { toSecurityEventRow } from '../../domain/access/security.ts'
import type { Change } from '../../domain/core/commit/commit.ts'
import type { Write } from '../../domain/core/commit/writes.ts'
import type { Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { chatSpecs, decodeSetting, settingSpecs } from '../../domain/settings/setting-specs.ts'
import { readStored, storedSettingRows } from '../../domain/settings/stored-settings.ts'
import { removeStranger } from './strangers.ts'

/** The owner's chat, and the owner in it. */
export interface BoundChat {
  readonly chatId: number
  readonly userId: number
  /** The topic of a group with topics. */
  readonly threadId?: number | null
}

/**
 * Binds a chat to the owner. `allow` returns rows to write with it, or null to refuse. Throws `conflict` if it refuses or if a chat is
 * already bound; of two concurrent calls, one wins. Both outcomes are security events.
 */
export async function bindChat(
  ctx: Ctx,
  chat: BoundChat,
  allow: (db: Reader) => Promise<readonly Write[] | null> = async () => [],
): Promise<void> {
  const bound = await ctx.commit(async (db): Promise<Change<boolean>> => {
    const stored = await readStored(db, ctx.ownerId)
    const allowed = toBinding(stored) === null ? await allow(db) : null
    const event = toSecurityEventRow({
      ownerId: ctx.ownerId,
      eventType: 'chat.bind',
      outcome: allowed === null ? 'failure' : 'success',
      detail: { ...chat },
      now: ctx.now(),
    })
    if (allowed === null) return { unchanged: true, result: false, rows: [event] }
    const { chatId, userId, threadId } = chatSpecs
    const settings = storedSettingRows(ctx, stored, {
      [chatId.key]: String(chat.chatId),
      [userId.key]: String(chat.userId),
      [threadId.key]: chat.threadId ? String(chat.threadId) : null,
      [settingSpecs.projectTopics.key]: null,
      [settingSpecs.enabled.key]: 'true',
    })
    return {
      result: true,
      rows: [...settings, ...allowed, event, removeStranger(chat.userId)],
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
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const stored = await readStored(db, ctx.ownerId)
    const chat = toBinding(stored)
    if (chat === null || chat.userId === keepUserId) return { unchanged: true, result: false }
    const { chatId, userId, threadId } = chatSpecs
    const settings = storedSettingRows(ctx, stored, {
      [chatId.key]: null,
      [userId.key]: null,
      [threadId.key]: null,
      [settingSpecs.projectTopics.key]: null,
    })
    const event = toSecurityEventRow({
      ownerId: ctx.ownerId,
      eventType: 'chat.bind',
      outcome: 'success',
      detail: { ...chat, unbound: true },
      now: ctx.now(),
    })
    return {
      result: true,
      rows: [...settings, event],
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
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const stored = await readStored(db, ctx.ownerId)
    const chat = toBinding(stored)
    if (chat === null || chat.chatId !== move.from || move.from === move.to)
      return { unchanged: true, result: false }
    return {
      result: true,
      rows: storedSettingRows(ctx, stored, { [chatSpecs.chatId.key]: String(move.to) }),
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
