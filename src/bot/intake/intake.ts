import type { Api } from 'grammy'
import type { Update, UserFromGetMe } from 'grammy/types'
import { minuteMs } from '../../domain/core/durations.ts'
import { type OwnerSettings, readOwnerSettings } from '../../domain/settings/settings.ts'
import { countStrangers, type Visit } from '../../telegram/store/strangers.ts'
import { isGroupMoving } from '../../telegram/store/updates.ts'
import { toasts } from '../../view/kit/answers.ts'
import type { BotDeps } from '../kit/context.ts'
import { isToBot } from '../kit/message/addressed.ts'

export interface IntakeOptions
  extends Pick<BotDeps, 'store' | 'ownerId' | 'now' | 'log' | 'playgroundUserId'> {
  /** Calls Telegram where the owner waits for nothing. */
  readonly elsewhere: Api
  /** The bot itself; null until Telegram has said who it is. */
  readonly me: () => UserFromGetMe | null
  /** Must have stored the updates when it resolves. */
  readonly keep: (updates: readonly Update[]) => Promise<void>
}

type Accept = (updates: readonly Update[]) => Promise<void>

const leaveEveryMs = minuteMs
const maxRemembered = 1_000

/**
 * Builds what updates meet before they are stored, from polling and webhook alike: what a stranger sent is counted and dropped, so
 * that no flood of it stands before the owner's next message. The bot leaves groups that aren't the owner's.
 */
export function createIntake(options: IntakeOptions): Accept {
  const { store, ownerId, now, log, keep } = options
  const scope = { db: store, ownerId }
  const turnAway = createTurnAway(options)
  return async (received) => {
    const settings = await readOwnerSettings(scope)
    const updates = received.filter(isWellFormed)
    for (const { update_id: id } of received.filter((update) => !isWellFormed(update)))
      log.warn({ updateId: id }, 'an update without a chat is dropped')
    const isOurs = (update: Update) => mayConcernOwner(update, settings, options.playgroundUserId)
    await keep(updates.filter(isOurs))
    // The bot's own leaving comes as an update too.
    const isOthers = (update: Update) =>
      !isOurs(update) && !isDeparture(update) && !isGroupTalk(update, settings, options.me())
    const others = updates.filter(isOthers)
    if (others.length === 0) return
    await countStrangers(store, others.map(visitOf), now())
    await turnAway(others, settings)
  }
}

/** Whether an update says where it comes from. Telegram's do; another would be refused and sent again forever. */
function isWellFormed({ message, edited_message, my_chat_member }: Update): boolean {
  const content = message ?? edited_message ?? my_chat_member
  return content === undefined || typeof content.chat?.id === 'number'
}

/** Builds what strangers get: their taps are answered, or the button would hang, and groups that aren't the owner's are left. */
function createTurnAway({ store, ownerId, now, log, elsewhere }: IntakeOptions) {
  const triedAt = new Map<number, number>()
  const isDue = (group: number) => {
    const at = now().getTime()
    if (at - (triedAt.get(group) ?? 0) < leaveEveryMs) return false
    if (triedAt.size >= maxRemembered) triedAt.clear()
    triedAt.set(group, at)
    return true
  }
  // Neither is worth a second attempt: Telegram may have forgotten the tap, or removed the bot.
  const attempt = (call: Promise<unknown>) =>
    call.catch((error: unknown) => log.debug({ err: error }, 'a stranger could not be turned away'))
  const leave = async (chatId: number) => {
    // In this order: a group that has just moved is the owner's once its move was handled.
    if (await isGroupMoving(store, chatId)) return
    if ((await readOwnerSettings({ db: store, ownerId })).chatId === chatId) return
    await attempt(elsewhere.leaveChat(chatId))
  }
  return async (updates: readonly Update[], { userId, chatId }: OwnerSettings): Promise<void> => {
    const taps = updates.flatMap(({ callback_query }) => callback_query ?? [])
    await Promise.all(
      taps.map(({ id }) => attempt(elsewhere.answerCallbackQuery(id, { text: toasts.stranger }))),
    )
    if (userId === null) return
    const group = updates.map(groupOf).find((id) => id !== null && id !== chatId && isDue(id))
    if (group) await leave(group)
  }
}

/** Whether an update may be the owner's, or of the chat itself; while nobody is bound, whether it may bind somebody. */
function mayConcernOwner(
  update: Update,
  { userId, chatId }: OwnerSettings,
  playgroundUserId: number | undefined,
): boolean {
  const { from, chat, message } = originOf(update)
  if (userId === null)
    return (
      (from !== undefined && from.id === playgroundUserId) ||
      /^\/start(?:@\w+)?\s+\S/i.test(message?.text ?? '')
    )
  if (from?.id === userId) return true
  // The group has another id now, in which this is the first message.
  if (chatId !== null && message?.migrate_from_chat_id === chatId) return true
  if (chat === undefined || chat.id !== chatId) return false
  const isOfChat = update.my_chat_member !== undefined || message?.migrate_to_chat_id !== undefined
  return isOfChat || message?.sender_chat?.id === chatId
}

/** Whether a member of the owner's group only talks there: neither a command nor a reply to the bot nor its name. */
function isGroupTalk(
  { message, edited_message: edited }: Update,
  { userId, chatId }: OwnerSettings,
  me: UserFromGetMe | null,
): boolean {
  const content = message ?? edited
  if (userId === null || content === undefined || content.chat.id !== chatId) return false
  return content.chat.type !== 'private' && !isToBot(content, me ?? { id: 0 })
}

function originOf({ message, edited_message, callback_query, inline_query, my_chat_member }: Update) {
  const content = message ?? edited_message
  return {
    message: content,
    from: (content ?? callback_query ?? inline_query ?? my_chat_member)?.from,
    chat: (content ?? callback_query?.message ?? my_chat_member)?.chat,
  }
}

function visitOf(update: Update): Visit {
  const { from, chat } = originOf(update)
  const [kind = 'update'] = Object.keys(update).filter((key) => key !== 'update_id')
  return { userId: from?.id ?? null, userName: from?.username ?? null, chatId: chat?.id ?? null, kind }
}

/** The group that an update comes from; null for a private chat. */
function groupOf(update: Update): number | null {
  const { chat } = originOf(update)
  return chat === undefined || chat.type === 'private' ? null : chat.id
}

function isDeparture({ my_chat_member }: Update): boolean {
  const status = my_chat_member?.new_chat_member.status
  return my_chat_member?.chat.type !== 'private' && (status === 'left' || status === 'kicked')
}
