import type { Message } from 'grammy/types'
import { storable } from '../../../domain/core/text.ts'
import { type Attached, attachedTo } from './attached.ts'
import { quoted, toMarkdown } from './markup.ts'
import { chatName, originName, postLink, senderName } from './origin.ts'
import { richToMarkdown } from './rich.ts'

/** A message taken apart: what its sender typed, and what only came with it. */
export interface Incoming {
  /** As Markdown. Tokens, commands and answers are read from this alone. */
  readonly typed: string
  /** Files, forwarded messages, places, polls and the like. */
  readonly attached: readonly Attached[]
  /** The words that a reply quotes, as a Markdown quote; empty if it quotes none. */
  readonly quote: string
  /** The messages of others that a reply is about; Telegram gives them only once. */
  readonly about: readonly Attached[]
}

export interface Reading {
  readonly botId: number
  readonly timeZone: string
}

/** Takes a message apart. */
export function readIncoming(message: Message, reading: Reading): Incoming {
  const words = wordsOf(message)
  const attached = attachedTo(message, sentAt(message, reading.timeZone))
  const source = sourceLine(message)
  const about = aboutOf(message, reading)
  const quote = message.quote === undefined ? '' : storable(quoted(toMarkdown(message.quote)))
  return source === null
    ? { typed: words, attached, quote, about }
    : { typed: '', attached: withSource(words, attached, source), quote, about }
}

/** The text or caption of a message, as it came. */
export function textOfMessage(message: Message): string {
  return message.text ?? message.caption ?? ''
}

/** What a message says on its own: what was typed and what came with it, as one Markdown text. */
export function ownText({ typed, attached }: Incoming): string {
  return joinTexts([typed, ...attached.map(({ text }) => text)])
}

/** What a message says, below the words that it quotes. */
export function repliedText(content: Incoming): string {
  return joinTexts([content.quote, ownText(content)])
}

/** What came with a message rather than being typed. A quote stands alone only where it isn't part of the message that it is from. */
export function broughtBy({ quote, about, attached }: Incoming): Attached[] {
  const isIncluded = quote === '' || about.some(({ text }) => text.includes(quote))
  return [...(isIncluded ? [] : [{ title: quote.replace(/^> ?/, ''), text: quote }]), ...about, ...attached]
}

/** Texts below each other, without the empty ones. */
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

/** "28 Nov 14:10". */
function sentAt({ date }: Message, timeZone: string): string {
  const options = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(date * 1000)).replace(',', '')
}

/** Names the source of words that their sender didn't type; null where they did. */
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

/** What a reply is about, unless the bot itself wrote that. */
function aboutOf(message: Message, reading: Reading): Attached[] {
  const { reply_to_message: target, external_reply: external, reply_to_story: story } = message
  // In a topic every message is a reply to the one that opened it.
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

function repliedTo(target: Message, reading: Reading): Attached | null {
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

function externalReply(external: NonNullable<Message['external_reply']>, reading: Reading): Attached {
  const { origin, chat, message_id: id } = external
  const name = originName(origin)
  const link =
    postLink(chat, id) ?? (origin.type === 'channel' ? postLink(origin.chat, origin.message_id) : null)
  const { origin: _, chat: __, message_id: ___, ...content } = external
  // It has the same fields as a message, but no words: those that matter are in the quote.
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
