import type { Message } from 'grammy/types'
import { storable } from '../domain/clip.ts'
import { fileLink } from '../domain/note-files.ts'

/** The text or caption of a message. */
export function textOfMessage(message: Message): string {
  return message.text ?? message.caption ?? ''
}

/** All that a message says: its text, where it was forwarded from, its files and what else it carries. Empty for a sticker. */
export function wholeText(message: Message): string {
  const parts = [markedText(message), describeOther(message), sourceLine(message), describeFiles(message)]
  const isEmpty = parts.every((part, index) => index === 2 || part === '')
  return isEmpty ? '' : storable(parts.filter((part) => part !== '').join('\n'))
}

/**
 * The text as Markdown would have it: code in back-ticks again, which clients turn into formatting, and the addresses behind
 * linked words. A link in the first line, which may become a title, stands under the text.
 */
function markedText(message: Message): string {
  const text = textOfMessage(message)
  const endOfFirst = text.indexOf('\n') === -1 ? text.length : text.indexOf('\n')
  const marked = (message.entities ?? message.caption_entities ?? [])
    .filter(({ type }) => type === 'code' || type === 'pre' || type === 'text_link')
    .sort((left, right) => left.offset - right.offset)
  const below: string[] = []
  let written = ''
  let at = 0
  for (const entity of marked) {
    if (entity.offset < at) continue
    const inner = text.slice(entity.offset, entity.offset + entity.length)
    written += text.slice(at, entity.offset)
    at = entity.offset + entity.length
    if (entity.type === 'code') written += inCode(inner)
    else if (entity.type === 'pre') written += inFence(inner, entity.language ?? '', written, text.slice(at))
    else if (entity.type !== 'text_link') written += inner
    else if (entity.offset < endOfFirst) {
      written += inner
      below.push(inLink(inner, entity.url))
    } else written += inLink(inner, entity.url)
  }
  return [written + text.slice(at), ...below].join('\n')
}

function inCode(text: string): string {
  const ticks = longestRun(text) === 0 ? '`' : '`'.repeat(longestRun(text) + 1)
  const padding = /^`|`$/.test(text) ? ' ' : ''
  return `${ticks}${padding}${text}${padding}${ticks}`
}

function inFence(text: string, language: string, before: string, after: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  const opening = before === '' || before.endsWith('\n') ? '' : '\n'
  const closing = after === '' || after.startsWith('\n') ? '' : '\n'
  return `${opening}${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}${closing}`
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}

function inLink(text: string, url: string): string {
  const address = url.replaceAll('(', '%28').replaceAll(')', '%29')
  return text === url ? url : `[${text.replace(/[[\]]/g, '\\$&')}](${address})`
}

/** A line that names where a forwarded message came from; empty for any other. */
function sourceLine(message: Message): string {
  const origin = message.forward_origin
  if (origin === undefined) return ''
  switch (origin.type) {
    case 'user':
      return `Forwarded from ${[origin.sender_user.first_name, origin.sender_user.last_name].filter(Boolean).join(' ')}`
    case 'hidden_user':
      return `Forwarded from ${origin.sender_user_name}`
    case 'chat':
      return `Forwarded from ${'title' in origin.sender_chat ? origin.sender_chat.title : 'a chat'}`
    case 'channel':
      return `Forwarded from ${origin.chat.title}`
  }
}

/** Photo and file of a message as links that hold Telegram's file id, so that the bot can show them again. */
function describeFiles(message: Message): string {
  const { photo, document, voice, video, video_note: round, audio, animation } = message
  const parts = [
    photo === undefined ? null : fileLink('photo', 'photo', photo.at(-1)?.file_id ?? ''),
    // An animation carries itself as a document too.
    animation !== undefined
      ? fileLink('animation', animation.file_name ?? 'animation', animation.file_id)
      : document === undefined
        ? null
        : fileLink('file', document.file_name ?? 'file', document.file_id),
    voice === undefined ? null : fileLink('voice', 'voice message', voice.file_id),
    video === undefined ? null : fileLink('video', video.file_name ?? 'video', video.file_id),
    round === undefined ? null : fileLink('video', 'video message', round.file_id),
    audio === undefined ? null : fileLink('audio', audio.title ?? audio.file_name ?? 'audio', audio.file_id),
  ]
  return parts.filter((part) => part !== null).join('\n')
}

/** What else a message may carry, in words: a place, a contact, a poll. Empty for what says nothing, such as a sticker. */
function describeOther(message: Message): string {
  const { location, venue, contact, poll } = message
  if (venue !== undefined) return `${venue.title}, ${venue.address}\n${mapOf(venue.location)}`
  if (location !== undefined) return `Place\n${mapOf(location)}`
  if (contact !== undefined)
    return [contact.first_name, contact.last_name, contact.phone_number].filter(Boolean).join(' ')
  return poll === undefined ? '' : [poll.question, ...poll.options.map(({ text }) => `- ${text}`)].join('\n')
}

function mapOf({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }): string {
  return `https://maps.google.com/?q=${latitude},${longitude}`
}
