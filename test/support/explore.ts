import type { Message } from 'grammy/types'
import type { VirtualUser } from '../../src/playground/client/virtual-user.ts'
import type { PromptKind, ReplyTopic } from '../../src/telegram/store/messages/reply-topic.ts'
import type { TestBot } from './bot.ts'
import { type ReadButton, readButton } from './buttons.ts'

/** A button and the message that it was seen on. */
export interface SeenButton {
  readonly kind: string
  readonly data: string
  readonly button: ReadButton
  readonly message: Message
}

export interface Exploration {
  /** Only messages after this one are explored; by default, new ones. */
  readonly from?: number
  readonly bot: TestBot
  readonly user: VirtualUser
  /** Kinds of buttons pressed so far, across explorations. */
  readonly pressed: Set<string>
  /** Questions answered so far. */
  readonly answered: Set<PromptKind>
  readonly answers: Readonly<Record<PromptKind, string>>
  /** Returns what it saw on the way. */
  readonly onButton: (button: SeenButton) => Promise<readonly SeenButton[]>
}

/** Runs `begin`, then presses every new kind of button and answers every question until nothing new appears. */
export async function explore(how: Exploration, begin: () => void | Promise<void>): Promise<void> {
  const { bot, user, pressed } = how
  const before = how.from ?? user.messages().at(-1)?.message_id ?? 0
  await begin()
  await bot.handled()
  const seen: SeenButton[] = []
  for (;;) {
    const fresh = user.messages().filter((one) => one.message_id > before && one.from?.is_bot)
    if (await answerQuestion(how, fresh)) continue
    const visible = fresh.flatMap(buttonsOf)
    seen.push(...visible)
    // Buttons that are no longer on a message are pressed last, as on an outdated message.
    const next = [...visible, ...seen].find(({ kind }) => !pressed.has(kind))
    if (next === undefined) return
    pressed.add(next.kind)
    seen.push(...(await how.onButton(next)))
  }
}

export function buttonsOf(message: Message): SeenButton[] {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? []
  return buttons.flatMap((button) => {
    if (!('callback_data' in button)) return []
    const data = button.callback_data
    const read = readButton(data)
    if (read === null) throw new Error(`no feature handles the button ${data}`)
    return [{ kind: kindOf(read), data, button: read, message }]
  })
}

/** The fields that tell one kind of button from another, by the button's name. */
const distinctive: Readonly<Record<string, readonly string[]>> = {
  move: ['to'],
  ask: ['what'],
  item: ['way'],
  'act words': ['ask'],
  menu: ['menu'],
  delete: ['sure'],
  due: ['to'],
  focus: ['set'],
  queue: ['set'],
  'screen settings': ['part'],
  'act ask': ['kind'],
  'act set': ['name'],
  'act zone': ['on'],
  'act all': ['status'],
  'act all-sure': ['status'],
  'act dialog': ['about'],
  'act picked': ['change'],
  'act place': ['to'],
  'act project-topic': ['choice'],
  'act focus': ['to'],
  'act project-set': ['name'],
}

function kindOf({ name, payload }: ReadButton): string {
  const fields = distinctive[name] ?? []
  return [
    name,
    ...('on' in payload && !fields.includes('on') ? [payload.on] : []),
    ...fields.map((field) => payload[field]),
    ...(payload.name === 'runner' ? [payload.value] : []),
  ].join(' ')
}

async function answerQuestion(how: Exploration, fresh: readonly Message[]): Promise<boolean> {
  const topics = await topicsOf(how, fresh)
  for (const message of fresh) {
    const topic = topics.get(message.message_id)
    if (topic?.kind !== 'prompt' || how.answered.has(topic.ask)) continue
    // A question's buttons disappear with it.
    for (const button of buttonsOf(message)) {
      if (button.button.name === 'cancel' || how.pressed.has(button.kind)) continue
      how.pressed.add(button.kind)
      await how.onButton(button)
    }
    how.answered.add(topic.ask)
    how.user.reply(message, how.answers[topic.ask])
    await how.bot.handled()
    return true
  }
  return false
}

async function topicsOf(
  { bot, user }: Exploration,
  fresh: readonly Message[],
): Promise<Map<number | null, ReplyTopic>> {
  const ids = fresh.map((message) => message.message_id)
  const found = await bot.db.query.botMessages.findMany({
    where: (row, { and, eq, inArray }) =>
      and(eq(row.purpose, 'prompt'), eq(row.chatId, user.chatId), inArray(row.messageId, ids)),
  })
  return new Map(found.map((row) => [row.messageId, row.topic as unknown as ReplyTopic]))
}
