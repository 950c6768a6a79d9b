import type { Message } from 'grammy/types'
import { fileLink } from '../../../domain/tasks/notes/note-files.ts'

type Part<Field extends keyof Message> = NonNullable<Message[Field]>

// Links contain Telegram's file IDs, so that the bot can show the files again.

export function photoFile(sizes: Part<'photo'>): string {
  return fileLink('photo', 'photo', sizes.at(-1)?.file_id ?? '')
}

export function videoFile({ file_name: name, file_id: id }: Part<'video'>): string {
  return fileLink('video', name ?? 'video', id)
}

export function animationFile({ file_name: name, file_id: id }: Part<'animation'>): string {
  return fileLink('animation', name ?? 'animation', id)
}

export function audioFile({ title, file_name: name, file_id: id }: Part<'audio'>): string {
  return fileLink('audio', title ?? name ?? 'audio', id)
}

export function documentFile({ file_name: name, file_id: id }: Part<'document'>): string {
  return fileLink('file', name ?? 'file', id)
}

export function voiceFile({ file_id: id }: Part<'voice'>): string {
  return fileLink('voice', 'voice message', id)
}

export function roundVideoFile({ file_id: id }: Part<'video_note'>): string {
  return fileLink('video_note', 'video message', id)
}

/** Telegram can resend a live photo only as a photo or a video. */
export function livePhotoFile({ photo, file_id: id }: Part<'live_photo'>): string {
  return photo === undefined ? fileLink('video', 'live photo', id) : photoFile(photo)
}

/** Returns a map link for a location. */
export function mapLink({ latitude, longitude }: Part<'location'>): string {
  return `https://maps.google.com/?q=${latitude},${longitude}`
}
