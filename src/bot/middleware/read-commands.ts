import type { MiddlewareFn } from 'grammy'
import type { Message, MessageEntity, UserFromGetMe } from 'grammy/types'
import { minuteMs } from '../../domain/core/durations.ts'
import { stateOfMessage } from '../../telegram/store/captures.ts'
import type { Card } from '../../view/kit/card.ts'
import { commandDoneCard, commandTooLateCard, otherBotCard } from '../../view/system/help.ts'
import { type ChatCommand, isKnownCommand } from '../kit/commands.ts'
import type { BotContext } from '../kit/context.ts'
import { withoutOwnName } from '../kit/message/addressed.ts'
import { textOfMessage } from '../kit/message/incoming.ts'

const command = /^\/(\w+)(?:@(\w+))?(?=\s|$)/
const correctionSeconds = 5 * 60
const checkNameEveryMs = minuteMs

/**
 * Detects commands once for all features: in text or captions, in any case, after the bot's name, and in an edit of the
 * newest message. Text that someone else wrote is never a command.
 */
export function readCommands(
  commands: readonly ChatCommand[],
  onRenamed: (me: UserFromGetMe) => void,
): MiddlewareFn<BotContext> {
  let checkedAt = Number.NEGATIVE_INFINITY

  /** The bot may have been renamed since it started. */
  const checkName = async (ctx: BotContext, name: string): Promise<boolean> => {
    const now = ctx.deps.now().getTime()
    if (isSameName(name, ctx.me.username)) return true
    if (now - checkedAt < checkNameEveryMs) return false
    checkedAt = now
    const me = await ctx.api.getMe()
    onRenamed(me)
    Object.assign(ctx, { me })
    return isSameName(name, me.username)
  }

  return async (ctx, next) => {
    ctx.commands = commands
    ctx.command = null
    const message = ctx.message ?? ctx.editedMessage
    if (message === undefined) return next()
    if (message.forward_origin !== undefined || message.via_bot !== undefined) {
      if (ctx.message !== undefined)
        ctx.update.message = { ...ctx.message, ...withoutCommands(message) } as typeof ctx.message
      return next()
    }
    const [, leading] = /^\s*@(\w{2,}bot)\b/i.exec(textOfMessage(message)) ?? []
    if (leading !== undefined) await checkName(ctx, leading)
    const addressed = withoutOwnName(message, ctx.me)
    const [whole = '', name = '', bot] = isCode(addressed)
      ? []
      : (command.exec(textOfMessage(addressed)) ?? [])
    if (bot !== undefined && !(await checkName(ctx, bot))) return refuseForeign(ctx, bot)
    if (ctx.editedMessage !== undefined) {
      if (!isKnownCommand(commands, name)) return next()
      const refusal = await refusalOfEdit(ctx, message)
      if (refusal !== null) {
        await ctx.sender.send(refusal, { purpose: 'answer', replyTo: message.message_id })
        return
      }
    }
    ctx.update.message = whole === '' ? addressed : asCommand(addressed, whole)
    delete ctx.update.edited_message
    // A caption that starts like a command may be a path, so its file is kept.
    if (whole !== '' && (message.text !== undefined || isKnownCommand(commands, name)))
      ctx.command = name.toLowerCase()
    await next()
  }
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

/** Ignores a command for another bot in the group. In a private chat, explains that it isn't for this bot. */
async function refuseForeign(ctx: BotContext, bot: string): Promise<void> {
  if (ctx.chat?.type === 'private')
    await ctx.sender.send(otherBotCard(bot), { purpose: 'answer', replyTo: ctx.msg?.message_id })
}

/** Returns why an edit doesn't run as a command; null if it's a recent edit of the newest message, which had no effect before. */
async function refusalOfEdit(ctx: BotContext, edited: Message): Promise<Card | null> {
  const state = await stateOfMessage(ctx.board.db, {
    chatId: edited.chat.id,
    messageId: edited.message_id,
    userId: edited.from?.id ?? 0,
  })
  if (state.hadEffect) return commandDoneCard()
  const isFresh = (edited.edit_date ?? 0) - edited.date < correctionSeconds
  return isFresh && state.isNewest ? null : commandTooLateCard()
}

function isCode(message: Message): boolean {
  const entities = (message.text === undefined ? message.caption_entities : message.entities) ?? []
  return entities.some(({ type, offset }) => offset === 0 && (type === 'code' || type === 'pre'))
}

/** grammY looks for command entities only in `entities`, so a caption's command entity is put there. */
function asCommand<M extends Message>(message: M, whole: string): M {
  const entity: MessageEntity = { type: 'bot_command', offset: 0, length: whole.length }
  const lowered = (text: string) => text.replace(/^\/\w+/, (typed) => typed.toLowerCase())
  const marked =
    message.text === undefined
      ? { caption: lowered(message.caption ?? ''), entities: [entity] }
      : {
          text: lowered(message.text),
          entities: [entity, ...(message.entities ?? []).filter(({ offset }) => offset > 0)],
        }
  return { ...message, ...marked }
}

function withoutCommands({ entities = [] }: Message): Partial<Message> {
  return { entities: entities.filter(({ type }) => type !== 'bot_command') }
}
