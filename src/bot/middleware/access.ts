import type { MiddlewareFn } from 'grammy'
import { createCtx } from '../../domain/core/context.ts'
import { hourMs, minuteMs } from '../../domain/core/durations.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { type OwnerSettings, readOwnerSettings } from '../../domain/settings/settings.ts'
import { causeOf } from '../../telegram/store/captures.ts'
import { bindChat } from '../../telegram/store/chat-binding.ts'
import { checkSetupCode, consumeSetupCode } from '../../telegram/store/setup-code.ts'
import { codeHashIn } from '../../telegram/store/stored-update.ts'
import { countStrangers } from '../../telegram/store/strangers.ts'
import { effectMark } from '../../telegram/store/updates.ts'
import { anonymousText, boardPlace, toasts } from '../../view/kit/answers.ts'
import type { BotContext, BotDeps } from '../kit/context.ts'
import { isToBot } from '../kit/message/addressed.ts'
import { AlreadyHandledError } from '../kit/resume.ts'
import { createSender } from '../kit/send.ts'
import { toast } from '../kit/toast.ts'

const lateAfterMs = 10 * minuteMs
const alreadyHandled = () => new AlreadyHandledError()

/** Serves only the owner: checks the user and the chat of every kind of update, and binds the user who has the setup code. */
export function access(deps: BotDeps): MiddlewareFn<BotContext> {
  const pointToBoard = createPointer(deps)
  return async (ctx, next) => {
    const settings = await readOwnerSettings({ db: deps.store, ownerId: deps.ownerId })
    Object.assign(ctx, { deps, settings, ...toolsFor(ctx, deps, settings) })
    if (settings.userId === null) {
      if (await bind(ctx, deps)) await next()
      return
    }
    if (tokenLinkHash(ctx, settings) !== null) return next()
    if (isOwner(ctx, settings)) {
      if (!isElsewhere(ctx, settings)) await next()
    } else if (isAnonymousAdmin(ctx, settings) || ctx.from?.id === settings.userId)
      await pointToBoard(ctx, settings)
    else await reportStranger(ctx, deps)
  }
}

const pointEveryMs = hourMs

/** Builds what the owner is told where the bot doesn't serve them: one sentence an hour and chat. It leaves groups that aren't the board's. */
function createPointer({ elsewhere, now, log }: BotDeps) {
  let pointedAt = new Map<number, number>()
  return async (ctx: BotContext, settings: OwnerSettings): Promise<void> => {
    const { chat, myChatMember } = ctx
    const status = myChatMember?.new_chat_member.status
    if (chat === undefined || status === 'left' || status === 'kicked') return
    if (ctx.callbackQuery !== undefined) return toast(ctx, toasts.elsewhere)
    const isForeignGroup = chat.type !== 'private' && chat.id !== settings.chatId
    if (myChatMember !== undefined && !isForeignGroup) return
    const at = now().getTime()
    pointedAt = new Map([...pointedAt].filter(([, since]) => at - since < pointEveryMs))
    try {
      if (!pointedAt.has(chat.id)) {
        pointedAt.set(chat.id, at)
        const text = isForeignGroup || chat.type === 'private' ? await placeOf(settings) : anonymousText
        await elsewhere.sendMessage(chat.id, text)
      }
      if (isForeignGroup) await elsewhere.leaveChat(chat.id)
    } catch (error) {
      log.debug({ err: error }, 'the owner could not be pointed to the board')
    }
  }

  async function placeOf({ chatId, userId }: OwnerSettings): Promise<string> {
    if (chatId === null || chatId === userId) return boardPlace(null)
    const { title } = await elsewhere.getChat(chatId)
    return boardPlace(title ?? null)
  }
}

/** Whether someone writes in the board's group in the group's name, which hides who it is. */
function isAnonymousAdmin(ctx: BotContext, { chatId }: OwnerSettings): boolean {
  return ctx.chat?.id === chatId && ctx.msg?.sender_chat?.id === chatId
}

function toolsFor(
  ctx: BotContext,
  deps: BotDeps,
  settings: OwnerSettings,
): Pick<BotContext, 'board' | 'projects' | 'sender' | 'late'> {
  const updateId = ctx.update.update_id
  let isOurs = false
  let listed: ReturnType<typeof listProjects> | null = null
  const board = createCtx({
    db: deps.store,
    ownerId: deps.ownerId,
    actor: { kind: 'owner' },
    now: deps.now,
    cause: causeOf(updateId, ctx.editedMessage !== undefined),
    // What an update changes may take several commits: each marks it, and the first must be the only one.
    extras: async () => [effectMark(updateId, { isFirst: !isOurs, now: deps.now() }, alreadyHandled)],
    onCommit: () => {
      isOurs = true
      listed = null
    },
  })
  const projects = () => {
    listed ??= listProjects({ db: board.db, ownerId: deps.ownerId })
    return listed
  }
  const isLink = tokenLinkHash(ctx, settings) !== null
  const sender = createSender({
    api: ctx.api,
    store: deps.store,
    chatId: (isLink ? null : settings.chatId) ?? ctx.chat?.id ?? 0,
    threadId: isLink ? null : topicOf(ctx, settings),
    mainThreadId: isLink ? null : settings.threadId,
    now: deps.now,
  })
  const sentAt = (ctx.message?.date ?? ctx.editedMessage?.edit_date ?? 0) * 1000
  return { board, projects, sender, late: sentAt > 0 && deps.now().getTime() - sentAt > lateAfterMs }
}

/** The hash of the code of a link to a new token, opened by the owner in a private chat that isn't the board's; else null. */
export function tokenLinkHash(ctx: BotContext, settings: OwnerSettings): string | null {
  const isTheirs = ctx.from !== undefined && ctx.from.id === settings.userId && ctx.chat?.type === 'private'
  if (!isTheirs || ctx.chat?.id === settings.chatId) return null
  return codeHashIn(ctx.message?.text, 'k_')
}

function isOwner(ctx: BotContext, settings: OwnerSettings): boolean {
  if (ctx.from === undefined || ctx.from.is_bot || ctx.from.id !== settings.userId) return false
  // An inline query comes from any chat and shows its answer to its sender alone; a block has no other chat than the owner's own.
  if (ctx.inlineQuery !== undefined || ctx.chosenInlineResult !== undefined) return true
  return ctx.chat?.id === settings.chatId
}

/** The topic in which the owner talks or taps, which is where he is answered. */
function topicOf(ctx: BotContext, settings: OwnerSettings): number | null {
  const message = ctx.msg
  if (message === undefined || message.date === 0) return settings.threadId
  if (message.is_topic_message) return message.message_thread_id ?? null
  return message.chat.type === 'supergroup' ? null : settings.threadId
}

/** Whether the owner writes in a topic that isn't ours, and not to the bot. Such messages don't become tasks. */
function isElsewhere(ctx: BotContext, settings: OwnerSettings): boolean {
  const message = ctx.message ?? ctx.editedMessage
  if (message?.chat.type !== 'supergroup') return false
  const topic = topicOf(ctx, settings)
  const isOurs =
    topic === settings.threadId || Object.values(settings.projectTopics).some((id) => id === topic)
  return !isOurs && !isToBot(message, ctx.me)
}

/** Binds the sender of `/start CODE`, and the playground's own user without a code; true where the sender is the owner now. */
async function bind(ctx: BotContext, deps: BotDeps): Promise<boolean> {
  const hash = codeHashIn(ctx.message?.text, '')
  if (ctx.from === undefined || ctx.chat === undefined || ctx.from.is_bot) return false
  const isPlaygroundUser = ctx.from.id === deps.playgroundUserId && ctx.chat.id === ctx.from.id
  const isPinned = deps.ownerTelegramId === undefined || deps.ownerTelegramId === ctx.from.id
  const presented = { hash: hash ?? '', fixedCode: deps.setupCode, now: deps.now() }
  const state = hash === null ? 'unknown' : await checkSetupCode(deps.store, presented)
  if (!isPlaygroundUser && !(isPinned && state === 'valid')) {
    if (state !== 'unknown') deps.log.warn({}, state === 'ended' ? endedLink : linkOfAnother)
    await reportStranger(ctx, deps)
    return false
  }
  const threadId = ctx.message?.is_topic_message ? (ctx.message.message_thread_id ?? null) : null
  try {
    const chat = { chatId: ctx.chat.id, userId: ctx.from.id, threadId }
    await bindChat(ctx.board, chat, async (db) => (isPlaygroundUser ? [] : consumeSetupCode(db, presented)))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    await reportStranger(ctx, deps)
    return false
  }
  const settings = await readOwnerSettings({ db: deps.store, ownerId: deps.ownerId })
  Object.assign(ctx, { settings, sender: toolsFor(ctx, deps, settings).sender })
  return true
}

// Only somebody who was given a link can make the log say so.
const endedLink = 'someone opened a setup link that is used or expired; for a new one: npm run link'
const linkOfAnother = 'someone other than OWNER_TELEGRAM_ID opened the setup link'

/** Counts somebody else, who hears nothing of us; only a tap is answered, or its button would hang. */
async function reportStranger(ctx: BotContext, deps: BotDeps): Promise<void> {
  await toast(ctx, toasts.stranger)
  const [kind = 'update'] = Object.keys(ctx.update).filter((key) => key !== 'update_id')
  const visit = { userId: ctx.from?.id ?? null, userName: ctx.from?.username ?? null }
  await countStrangers(deps.store, [{ ...visit, chatId: ctx.chat?.id ?? null, kind }], deps.now())
}
