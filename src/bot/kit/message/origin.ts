import type { Chat, Message, MessageOrigin, User } from 'grammy/types'

/** Returns a person's full name. */
export function personName({ first_name, last_name }: Pick<User, 'first_name' | 'last_name'>): string {
  return [first_name, last_name].filter(Boolean).join(' ')
}

/** Returns a chat's name. */
export function chatName(chat: Chat): string {
  if (chat.title !== undefined) return chat.title
  return chat.first_name === undefined ? 'a chat' : personName({ ...chat, first_name: chat.first_name })
}

/** Returns the name of a forwarded message's original sender. */
export function originName(origin: MessageOrigin): string {
  switch (origin.type) {
    case 'user':
      return personName(origin.sender_user)
    case 'hidden_user':
      return origin.sender_user_name
    case 'chat':
      return chatName(origin.sender_chat)
    case 'channel':
      return chatName(origin.chat)
  }
}

/** Returns the sender's name. An anonymous group admin appears as the group. */
export function senderName({ from, sender_chat: chat }: Pick<Message, 'from' | 'sender_chat'>): string {
  if (chat !== undefined) return chatName(chat)
  return from === undefined ? 'Someone' : personName(from)
}

/** Returns the web link of a post in a public channel or group. */
export function postLink(chat: Chat | undefined, messageId: number | undefined): string | null {
  const username = chat !== undefined && 'username' in chat ? chat.username : undefined
  return username === undefined || messageId === undefined || chat?.type === 'private'
    ? null
    : `https://t.me/${username}/${messageId}`
}
