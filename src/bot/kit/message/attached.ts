import type { Message } from 'grammy/types'
import { unknownFields } from './fields.ts'
import {
  animationFile,
  audioFile,
  documentFile,
  livePhotoFile,
  mapLink,
  photoFile,
  roundVideoFile,
  videoFile,
  voiceFile,
} from './files.ts'
import { inFence, inLink } from './markup.ts'
import { chatName } from './origin.ts'

/** An attachment: the title of a task that consists of it alone, and its text in a note. */
export interface Attached {
  readonly title: string
  readonly text: string
}

/** Returns what a message contains besides text. `sentAt` is the sending time in the viewer's time zone. */
export function attachedTo(message: Message, sentAt: string): Attached[] {
  return [...files(message, sentAt), ...others(message), ...unknown(message)]
}

function files(message: Message, sentAt: string): Attached[] {
  const {
    photo,
    live_photo: livePhoto,
    document,
    voice,
    video,
    video_note: round,
    audio,
    animation,
  } = message
  const found: (Attached | undefined)[] = [
    // Both fields contain the same photo.
    livePhoto
      ? { title: `Live photo, ${sentAt}`, text: livePhotoFile(livePhoto) }
      : photo && { title: `Photo, ${sentAt}`, text: photoFile(photo) },
    // An animation also appears as a document.
    animation
      ? { title: animation.file_name ?? `Animation, ${sentAt}`, text: animationFile(animation) }
      : document && { title: document.file_name ?? `File, ${sentAt}`, text: documentFile(document) },
    voice && { title: `Voice message, ${length(voice.duration)}`, text: voiceFile(voice) },
    video && { title: video.file_name ?? `Video, ${length(video.duration)}`, text: videoFile(video) },
    round && { title: `Video message, ${length(round.duration)}`, text: roundVideoFile(round) },
    audio && { title: audioTitle(audio), text: audioFile(audio) },
    ...paidMedia(message, sentAt),
  ]
  return found.filter((part) => part !== undefined)
}

function audioTitle({ title, performer, file_name: name, duration }: NonNullable<Message['audio']>): string {
  const called = [performer, title].filter(Boolean).join(' – ')
  return called || name || `Audio, ${length(duration)}`
}

/** For example, "0:07" or "12:30". */
function length(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function paidMedia({ paid_media: paid }: Message, sentAt: string): Attached[] {
  return (paid?.paid_media ?? []).map((media) => {
    switch (media.type) {
      case 'photo':
        return { title: `Photo, ${sentAt}`, text: photoFile(media.photo) }
      case 'live_photo':
        return { title: `Live photo, ${sentAt}`, text: livePhotoFile(media.live_photo) }
      case 'video':
        return { title: `Video, ${length(media.video.duration)}`, text: videoFile(media.video) }
      default:
        return { title: `Paid media, ${sentAt}`, text: 'Paid media that Telegram shows only to its buyers' }
    }
  })
}

function others(message: Message): Attached[] {
  const { venue, location, contact, poll, checklist, story, invoice } = message
  const found: (Attached | undefined)[] = [
    // A venue repeats its location.
    venue ? place(venue) : location && { title: 'Place', text: mapLink(location) },
    contact && contactCard(contact),
    poll && { title: poll.question, text: pollText(poll) },
    checklist && { title: checklist.title, text: checklistText(checklist) },
    story && { title: `Story from ${chatName(story.chat)}`, text: storyText(story) },
    invoice && { title: invoice.title, text: invoiceText(invoice) },
    ...giveaways(message),
  ]
  return found.filter((part) => part !== undefined)
}

function place({ title, address, location }: NonNullable<Message['venue']>): Attached {
  return { title, text: [[title, address].filter(Boolean).join(', '), mapLink(location)].join('\n') }
}

function contactCard({ first_name, last_name, phone_number }: NonNullable<Message['contact']>): Attached {
  const name = [first_name, last_name].filter(Boolean).join(' ')
  return { title: name, text: [name, phone_number].filter(Boolean).join(', ') }
}

function pollText({ question, description, options, explanation }: NonNullable<Message['poll']>): string {
  return [question, description, ...options.map(({ text }) => `- ${text}`), explanation]
    .filter(Boolean)
    .join('\n')
}

// Checklist lines become acceptance criteria anywhere in a note.
function checklistText({ title, tasks }: NonNullable<Message['checklist']>): string {
  const lines = tasks.map(
    ({ text, completion_date: at }) => `- [${at ? 'x' : ' '}] ${text.replace(/\s*\n\s*/g, ' ')}`,
  )
  return [title, ...lines].join('\n')
}

function storyText({ chat, id }: NonNullable<Message['story']>): string {
  const from = `Story from ${chatName(chat)}`
  const username = 'username' in chat ? chat.username : undefined
  return username === undefined ? from : inLink(from, `https://t.me/${username}/s/${id}`)
}

function invoiceText({
  title,
  description,
  total_amount,
  currency,
}: NonNullable<Message['invoice']>): string {
  return [`Invoice: ${title}`, description, `${total_amount} ${currency} (smallest units)`]
    .filter(Boolean)
    .join('\n')
}

function giveaways({ giveaway, giveaway_winners: winners }: Message): Attached[] {
  const described = [
    giveaway &&
      [
        `Giveaway in ${giveaway.chats.map(chatName).join(', ')}: ${giveaway.winner_count} winners`,
        giveaway.prize_description,
      ]
        .filter(Boolean)
        .join('\n'),
    winners && `Giveaway in ${chatName(winners.chat)}: ${winners.winner_count} winners were drawn`,
  ]
  return described
    .filter((text) => text !== undefined)
    .map((text) => ({ title: text.split('\n')[0] ?? text, text }))
}

// Content of a kind that this version doesn't know is kept as received.
function unknown(message: Message): Attached[] {
  return unknownFields(message).map((field) => ({
    title: `Message with ${field.replaceAll('_', ' ')}`,
    text: inFence(JSON.stringify(message[field as keyof Message], null, 2), 'json'),
  }))
}
