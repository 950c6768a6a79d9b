import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import type { Message } from 'grammy/types'
import { expect, test } from 'vitest'
import { hasField } from '../../../src/bot/kit/message/fields.ts'
import { rows } from '../../../src/db/rows.ts'
import type { PersonContent } from '../../../src/playground/client/content.ts'
import { addTopic } from '../../../src/playground/world/membership.ts'
import type { Room } from '../../../src/playground/world/world.ts'
import { addTasks, useBot } from '../../support/chat.ts'
import { contentOf, post, readSample, sampleNames } from '../../support/samples.ts'

// MESSAGES=2000 runs it at full length; MESSAGES_SEED repeats a run.
const messages = Number(process.env.MESSAGES ?? 60)
const isMeasured = process.env.MESSAGES !== undefined

let now = new Date('2026-11-28T13:10:00Z')
const getBot = useBot({ now: () => now })

const plainSamples = sampleNames
  .map((name) => readSample(name).map(({ message }) => message))
  .flatMap(([message, ...others]) => (message === undefined || others.length > 0 ? [] : [message]))
  .filter(({ chat, is_topic_message: inTopic }) => chat.type === 'private' && !inTopic)
  .map(contentOf)
  .filter((content) => !hasField(content as Message, 'source'))
const texts = readFileSync(new URL('../../domain/quick-add/quick-add.corpus.txt', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => (line.includes(' ⇒ ') ? [line.split(' ⇒ ')[0]?.replaceAll('⏎', '\n').trim() ?? ''] : []))
  .filter((text) => text !== '')

const anna = { id: 3003, is_bot: false, first_name: 'Anna' }
const channel = { id: -1_001_987_654_321, type: 'channel', title: 'News', username: 'news' } as const
const origins = [
  { type: 'user', sender_user: anna, date: 1 },
  { type: 'hidden_user', sender_user_name: 'Grace', date: 1 },
  { type: 'chat', sender_chat: { id: -1_001_555, type: 'supergroup', title: 'Ops' }, date: 1 },
  { type: 'channel', chat: channel, message_id: 9, date: 1 },
] as const

const oneMessage = fc.record({
  content: fc.constantFrom(...plainSamples),
  text: fc.constantFrom(...texts),
  /** A separate line that shows where the text ended up. */
  isMarked: fc.boolean(),
  replyTo: fc.constantFrom('nothing', 'nothing', 'the bot', 'the bot', 'itself', 'elsewhere', 'a story'),
  quotes: fc.boolean(),
  origin: fc.constantFrom(null, null, null, null, ...origins),
  inTopic: fc.boolean(),
  editedTo: fc.option(fc.constantFrom(...texts), { freq: 2 }),
  secondsLater: fc.constantFrom(0, 1, 60, 60),
})
type OneMessage = typeof oneMessage extends fc.Arbitrary<infer T> ? T : never

test(
  `each of ${messages} messages becomes a task, a comment or an answer, unless it is a service message, and its text is stored once`,
  async () => {
    const bot = getBot()
    const { world, user } = bot
    await addTasks(bot, [{ title: 'Discussed' }])
    user.sendText('/task WEB-1')
    await user.nextMessage('Discussed')
    const room = world.rooms.get(user.chatId) as Room
    const { threadId } = addTopic(world, room, world.owner.user, 'Ideas')
    const ends = { task: 0, comment: 0, change: 0, answer: 0, service: 0 }
    let sent = 0

    const check = async (message: Message, mark: string, what: string): Promise<void> => {
      await bot.handled()
      const end = await endOf(message)
      expect(end, `${what}: ${JSON.stringify(message)}\n${bot.lines.slice(-3).join('')}`).not.toBeNull()
      if (end !== null) ends[end] += 1
      expect(world.violations).toEqual([])
      const refused = world.calls.flatMap(({ ok, method, error }) =>
        // Telegram's error for an edit without a change.
        ok || error?.description.includes('message is not modified')
          ? []
          : [`${method}: ${error?.description}`],
      )
      expect(refused, `${what}: ${JSON.stringify(message)}`).toEqual([])
      expect(bot.lines.filter((line) => line.includes('an update failed'))).toEqual([])
      const places = await rows(
        bot.db,
        sql`select id from tasks where concat_ws(' ', title, note) like ${`%${mark}%`}
          union all select l.id from work_logs l join work_log_facts f on f.log_id = l.id
          where f.kind = 'comment' and l.detail like ${`%${mark}%`}`,
      )
      expect(places.length, `${what}: ${JSON.stringify(message)}`).toBeLessThanOrEqual(1)
    }

    const endOf = async (message: Message): Promise<keyof typeof ends | null> => {
      const actions = await rows<{ action: string }>(
        bot.db,
        sql`select action from audit_logs where meta ->> 'cause' ~ (
          select '^telegram:' || max(update_id) || '(:edited)?$' from bot_updates)`,
      )
      if (actions.some(({ action }) => action === 'task.create')) return 'task'
      if (actions.some(({ action }) => action === 'task.comment')) return 'comment'
      if (actions.length > 0) return 'change'
      if (world.calls.some(({ method }) => /^(?:send|setMessageReaction)/.test(method))) return 'answer'
      return hasField(message, 'service') ? 'service' : null
    }

    await fc.assert(
      fc.asyncProperty(oneMessage, async (one) => {
        sent += 1
        now = new Date(now.getTime() + one.secondsLater * 1000)
        world.calls.length = 0
        const mark = `mark${sent}x`
        const content = contentFor(one, one.isMarked ? mark : '')
        const own = user.messages().findLast(({ from }) => from?.id === user.userId)
        const target =
          one.replyTo === 'the bot' ? user.lastMessage() : one.replyTo === 'itself' ? own : undefined
        const words = (target?.text ?? target?.caption ?? '').split('\n')[0] ?? ''
        const where = {
          ...(one.inTopic ? { threadId } : {}),
          ...(target === undefined ? {} : { replyTo: target.message_id }),
          ...(one.quotes && target !== undefined && words !== ''
            ? { quote: { text: words, position: 0, is_manual: true as const } }
            : {}),
        }
        const message = post(world, where, content)
        await check(message, mark, 'sent')
        const isEditable =
          message.forward_origin === undefined && (message.text ?? message.caption) !== undefined
        if (one.editedTo === null || !isEditable) return
        now = new Date(now.getTime() + 5_000)
        world.calls.length = 0
        const edited = user.edit(message, `${one.editedTo.slice(0, 900)}\n${mark}e`)
        await check(edited, `${mark}e`, 'edited')
      }),
      {
        numRuns: messages,
        endOnFailure: true,
        ...(process.env.MESSAGES_SEED ? { seed: Number(process.env.MESSAGES_SEED) } : {}),
      },
    )
    if (isMeasured) process.stdout.write(`${messages} messages: ${JSON.stringify(ends)}\n`)
  },
  30_000 + messages * 1_000,
)

/** Returns a sample's content with other words and reply targets. */
function contentFor({ content, text: line, origin, replyTo }: OneMessage, mark: string): PersonContent {
  const text = mark === '' ? line : `${line}\n${mark}`
  if (hasField(content as Message, 'service')) return content
  return {
    ...withWords(content, text),
    ...(origin === null ? {} : { forward_origin: origin }),
    ...(replyTo === 'elsewhere'
      ? { external_reply: { origin: origins[3], chat: channel, message_id: 12 } }
      : {}),
    ...(replyTo === 'a story' ? { reply_to_story: { chat: channel, id: 5 } } : {}),
  }
}

function withWords(content: PersonContent, text: string): PersonContent {
  const { entities: _, caption_entities: __, ...rest } = content
  if (rest.text !== undefined) return { ...rest, text }
  if (rest.caption !== undefined) return { ...rest, caption: text.slice(0, 1_000) }
  if (rest.rich_message !== undefined)
    return {
      ...rest,
      rich_message: { blocks: text.split('\n').map((line) => ({ type: 'paragraph', text: line })) },
    }
  if (rest.poll !== undefined) return { ...rest, poll: { ...rest.poll, question: text.slice(0, 300) } }
  if (rest.checklist !== undefined)
    return { ...rest, checklist: { ...rest.checklist, title: text.slice(0, 255) } }
  return rest
}
