import { refuseCall } from '../protocol/refusal.ts'
import type { Room, World } from '../world/model.ts'
import { removePosts, unixTime } from '../world/posting.ts'
import type { Post } from '../world/records.ts'
import { requireTarget, requireWritableRoom } from '../world/target.ts'
import type { CallContext, Opts } from './method.ts'

const deletable = 48 * 60 * 60

export function deleteMessage(params: Opts<'deleteMessage'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  requireDeletable(world, room, requireTarget(room, params.message_id, 'delete'))
  removePosts(world, room, [params.message_id])
  return true
}

/** Skips unknown IDs and messages that can't be deleted. */
export function deleteMessages(params: Opts<'deleteMessages'>, { world }: CallContext): true {
  const room = requireWritableRoom(world, params.chat_id)
  const gone = params.message_ids.filter((messageId) => {
    const post = room.posts.get(messageId)
    return post !== undefined && undeletable(world, room, post) === null
  })
  removePosts(world, room, gone)
  return true
}

function requireDeletable(world: World, room: Room, post: Post): void {
  const reason = undeletable(world, room, post)
  if (reason !== null) refuseCall(400, `Bad Request: ${reason}`)
}

function undeletable(world: World, room: Room, post: Post): string | null {
  if (room.botStatus === 'administrator') return null
  const isOld = unixTime(world) - post.message.date > deletable
  if (room.chat.type === 'private') return isOld ? "message can't be deleted for everyone" : null
  return isOld || !post.fromBot ? "message can't be deleted" : null
}
