import type { Message } from 'grammy/types'

/** The text or caption of a message. */
export function textOfMessage(message: Message): string {
  return message.text ?? message.caption ?? ''
}

/** A line that names where a forwarded message came from; empty for any other. */
export function sourceLine(message: Message): string {
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
export function describeFiles(message: Message): string {
  const photo = message.photo?.at(-1)
  const parts = [
    photo === undefined ? null : `[photo](tg-photo:${photo.file_id})`,
    message.document === undefined ? null : `[${fileName(message.document.file_name)}](tg-file:${message.document.file_id})`,
    message.voice === undefined ? null : `[voice message](tg-file:${message.voice.file_id})`,
    message.video === undefined ? null : `[${fileName(message.video.file_name ?? 'video')}](tg-file:${message.video.file_id})`,
    message.audio === undefined ? null : `[${fileName(message.audio.file_name ?? 'audio')}](tg-file:${message.audio.file_id})`,
  ]
  return parts.filter((part) => part !== null).join('\n')
}

function fileName(name: string | undefined): string {
  return (name ?? 'file').replace(/[[\]()\n]/g, ' ').trim() || 'file'
}
