import type { ChatMember, ForumTopicCreated, Message, User } from 'grammy/types'
import type { Room, Topic, World } from './model.ts'
import { requirePlace, type Who } from './person.ts'
import { addPost, pushUpdate, removePosts, unixTime } from './posting.ts'
import { addSupergroup } from './world.ts'

/** The person blocks the bot: its messages no longer arrive. */
export function blockBot(world: World, who: Who = {}): void {
  setPrivateStatus(world, who, true)
}

/** The person unblocks the bot. */
export function unblockBot(world: World, who: Who = {}): void {
  setPrivateStatus(world, who, false)
}

function setPrivateStatus(world: World, who: Who, blocked: boolean): void {
  const { person } = requirePlace(world, who.userId === undefined ? {} : { userId: who.userId })
  if (person.blocked === blocked) return
  person.blocked = blocked
  const { room } = requirePlace(world, { userId: person.user.id })
  emitMembership(world, room, person.user, blocked ? 'member' : 'kicked', blocked ? 'kicked' : 'member')
}

/** Adds the bot to a group, makes it an admin, or removes it. */
export function setBotStatus(
  world: World,
  input: Who & { readonly chatId: number; readonly status: Room['botStatus'] },
): void {
  const { person, room } = requirePlace(world, input)
  setBotStatusBy(world, room, person.user, input.status)
}

/** Changes the bot's status in a group and sends it the update. */
export function setBotStatusBy(world: World, room: Room, by: User, status: Room['botStatus']): void {
  const before = room.botStatus
  if (before === status) return
  room.botStatus = status
  emitMembership(world, room, by, before, status)
}

/**
 * Upgrades a group to a supergroup with a new ID; its messages stay behind. The bot gets a service message in each of the two,
 * in either order.
 */
export function upgradeGroup(
  world: World,
  input: Who & { readonly chatId: number; readonly newFirst?: boolean },
): Room {
  const { person, room } = requirePlace(world, input)
  const { chat, members, botStatus } = room
  const upgraded = addSupergroup(world, {
    title: chat.title ?? '',
    members: [...members],
    ...(botStatus === 'member' || botStatus === 'administrator' ? { botStatus } : {}),
  })
  room.migratedTo = upgraded.chat.id
  const post = (where: Room, content: Partial<Message>) => {
    const { message } = addPost(world, { room: where, from: person.user, content })
    pushUpdate(world, 'message', message, { chatId: where.chat.id, userId: person.user.id })
  }
  const emitOld = () => post(room, { migrate_to_chat_id: upgraded.chat.id })
  const emitNew = () => post(upgraded, { migrate_from_chat_id: chat.id })
  for (const emit of input.newFirst ? [emitNew, emitOld] : [emitOld, emitNew]) emit()
  return upgraded
}

function emitMembership(
  world: World,
  room: Room,
  from: User,
  before: Room['botStatus'],
  after: Room['botStatus'],
): void {
  const { user } = world.bot
  pushUpdate(
    world,
    'my_chat_member',
    {
      chat: room.chat,
      from,
      date: unixTime(world),
      old_chat_member: toChatMember(user, before),
      new_chat_member: toChatMember(user, after),
    },
    { chatId: room.chat.id, userId: from.id },
  )
  world.emit({ type: 'membership', chatId: room.chat.id, userId: from.id })
}

/** Converts a status to the Bot API's ChatMember. */
export function toChatMember(user: User, status: Room['botStatus']): ChatMember {
  switch (status) {
    case 'member':
      return { status, user }
    case 'left':
      return { status, user }
    case 'kicked':
      return { status, user, until_date: 0 }
    case 'administrator':
      return {
        status,
        user,
        can_be_edited: false,
        is_anonymous: false,
        can_manage_chat: true,
        can_delete_messages: true,
        can_manage_video_chats: false,
        can_restrict_members: false,
        can_promote_members: false,
        can_change_info: false,
        can_invite_users: true,
        can_post_stories: false,
        can_edit_stories: false,
        can_delete_stories: false,
        can_pin_messages: true,
        can_manage_topics: true,
        can_send_welcome_messages: false,
      }
  }
}

/** A person creates a topic in a forum; the bot gets the service message. */
export function openTopic(
  world: World,
  input: Who & { readonly chatId: number; readonly name: string },
): Topic {
  const { person, room } = requirePlace(world, input)
  const topic = addTopic(world, room, person.user, input.name)
  const start = room.posts.get(topic.threadId)
  if (start !== undefined)
    pushUpdate(world, 'message', start.message, { chatId: room.chat.id, userId: person.user.id })
  return topic
}

/** Adds a topic; its thread ID is the ID of the service message that creates it. */
export function addTopic(world: World, room: Room, from: User, name: string, iconColor = 7322096): Topic {
  const created: ForumTopicCreated = { name, icon_color: iconColor as ForumTopicCreated['icon_color'] }
  // A private chat's topic ID is unique among the messages of all chats.
  const threadId = room.chat.type === 'private' ? world.nextId('message') : room.lastMessageId + 1
  addPost(world, { room, from, threadId, content: { forum_topic_created: created } })
  const topic = { threadId, name }
  room.topics.set(threadId, topic)
  world.emit({ type: 'topic', chatId: room.chat.id, threadId, name })
  return topic
}

/** Deletes a topic with its messages; the bot gets no update. */
export function removeTopic(
  world: World,
  input: Who & { readonly chatId: number; readonly threadId: number },
): void {
  const { room } = requirePlace(world, input)
  room.topics.delete(input.threadId)
  const inTopic = [...room.posts.values()].filter(
    ({ message }) => message.message_thread_id === input.threadId,
  )
  removePosts(
    world,
    room,
    inTopic.map(({ message }) => message.message_id),
  )
}
