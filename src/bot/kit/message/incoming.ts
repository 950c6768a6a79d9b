import type { Message } from 'grammy/types'
import { storable } from '../../../domain/core/text.ts'
import { type Attached, attachedTo } from './attached.ts'
import { quoted, toMarkdown } from './markup.ts'
import { chatName, originName, postLink, senderName } from './origin.ts'
import { richToMarkdown } from './rich.ts'

/** A message, split into what the sender typed and what came with it. */
export interface Incoming {
  /** Markdown. Shorthand, commands and answers are read only from this. */
  readonly typed: string
  /** Files, forwarded messages, locations, polls, and so on. */
  readonly attached: readonly Attached[]
  /** The passage that a reply quotes, as a Markdown quote; empty without one. */
  readonly quote: string
  /** Other people's messages that a reply refers to. Telegram includes them only once. */
  readonly about: readonly Attached[]
}

export interface IncomingOptions {
  readonly botId: number
  readonly timeZone: string
}

/** Splits a message into its parts. */
export function readIncoming(message: Message, reading: IncomingOptions): Incoming {
  const words = wordsOf(message)
  const attached = attachedTo(message, sentAt(message, reading.timeZone))
  const source = sourceLine(message)
  const about = aboutOf(message, reading)
  const quote = message.quote === undefined ? '' : storable(quoted(toMarkdown(message.quote)))
  return source === null
    ? { typed: words, attached, quote, about }
    : { typed: '', attached: withSource(words, attached, source), quote, about }
}

/** Returns a message's text or caption, unchanged. */
export function textOfMessage(message: Message): string {
  return message.text ?? message.caption ?? ''
}

/** Returns a message's own content as Markdown: the typed text and attachments. */
export function ownText({ typed, attached }: Incoming): string {
  return joinTexts([typed, ...attached.map(({ text }) => text)])
}

/** Returns a message's own content below the passage it quotes. */
export function repliedText(content: Incoming): string {
  return joinTexts([content.quote, ownText(content)])
}

/** Returns what came with a message. A quote is listed separately only if the quoted message isn't included. */
export function broughtBy({ quote, about, attached }: Incoming): Attached[] {
  const isIncluded = quote === '' || about.some(({ text }) => text.includes(quote))
  return [...(isIncluded ? [] : [{ title: quote.replace(/^> ?/, ''), text: quote }]), ...about, ...attached]
}

/** Joins the non-empty texts with blank lines. */
export function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n')
}

function wordsOf(message: Message): string {
  const { text, entities, caption, caption_entities, rich_message: rich } = message
  if (rich !== undefined) return storable(richToMarkdown(rich))
  const formatted =
    text === undefined ? { text: caption ?? '', entities: caption_entities } : { text, entities }
  return storable(toMarkdown(formatted))
}

/** For example, "28 Nov 14:10". */
function sentAt({ date }: Message, timeZone: string): string {
  const options = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(date * 1000)).replace(',', '')
}

/** Names the original sender of forwarded or inline content; null if the sender wrote the text. */
function sourceLine({ forward_origin: origin, via_bot: bot }: Message): string | null {
  if (origin !== undefined) {
    const link = origin.type === 'channel' ? postLink(origin.chat, origin.message_id) : null
    return ['Forwarded from', originName(origin), link === null ? null : `(${link})`]
      .filter(Boolean)
      .join(' ')
  }
  return bot === undefined ? null : `Via @${bot.username ?? bot.first_name}`
}

function withSource(words: string, attached: readonly Attached[], source: string): Attached[] {
  const title = firstVisibleLine(words) ?? attached[0]?.title
  if (title === undefined) return []
  return [{ title, text: joinTexts([words, source, ...attached.map(({ text }) => text)]) }]
}

function firstVisibleLine(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '')
}

/** Returns the message that a reply refers to, unless the bot wrote it. */
function aboutOf(message: Message, reading: IncomingOptions): Attached[] {
  const { reply_to_message: target, external_reply: external, reply_to_story: story } = message
  // In a topic, every message is a reply to the one that opened the topic.
  const isOthers =
    target !== undefined && target.forum_topic_created === undefined && target.from?.id !== reading.botId
  const found = [
    isOthers ? repliedTo(target, reading) : null,
    external === undefined ? null : externalReply(external, reading),
    story === undefined ? null : storyReply(story),
  ]
  return found.filter((part) => part !== null)
}

function storyReply({ chat }: NonNullable<Message['reply_to_story']>): Attached {
  const title = `Story from ${chatName(chat)}`
  return { title, text: `In reply to a story from ${chatName(chat)}` }
}

function repliedTo(target: Message, reading: IncomingOptions): Attached | null {
  const attached = attachedTo(target, sentAt(target, reading.timeZone))
  const words = wordsOf(target)
  const title = firstVisibleLine(words) ?? attached[0]?.title
  if (title === undefined) return null
  const name = target.forward_origin === undefined ? senderName(target) : originName(target.forward_origin)
  const link = postLink(target.chat, target.message_id)
  return {
    title,
    text: joinTexts([
      `${name} wrote${link === null ? '' : ` (${link})`}:`,
      words === '' ? '' : quoted(words),
      ...attached.map(({ text }) => text),
    ]),
  }
}

function externalReply(external: NonNullable<Message['external_reply']>, reading: IncomingOptions): Attached {
  const { origin, chat, message_id: id } = external
  const name = originName(origin)
  const link =
    postLink(chat, id) ?? (origin.type === 'channel' ? postLink(origin.chat, origin.message_id) : null)
  const { origin: _, chat: __, message_id: ___, ...content } = external
  // An external reply has a message's fields except its text; the quote has the relevant words.
  const attached = attachedTo(
    { ...content, date: origin.date } as unknown as Message,
    sentAt({ date: origin.date } as Message, reading.timeZone),
  )
  return {
    title: attached[0]?.title ?? `Message from ${name}`,
    text: joinTexts([
      `In reply to ${name}${link === null ? '' : ` (${link})`}`,
      ...attached.map(({ text }) => text),
    ]),
  }
}
