import type { Message } from 'grammy/types'
import { editTask } from '../../../domain/tasks/edit/edit.ts'
import { queueEdit, takeBackEdit } from '../../../domain/tasks/edit/handoff.ts'
import { moveToProject } from '../../../domain/tasks/edit/move-project.ts'
import { appendToComment } from '../../../domain/tasks/notes/comments.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { TaskEdit } from '../../../domain/tasks/schemas.ts'
import { partAction } from '../../../domain/tasks/snapshot.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { type Capture, captureBefore, capturePartsOf } from '../../../telegram/store/captures.ts'
import { signs } from '../../../view/kit/signs.ts'
import { noteFullNotice } from '../../../view/tasks/capture.ts'
import { acknowledge } from '../acknowledge.ts'
import { isCommand as isCommandText } from '../commands.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { hasField } from '../message/fields.ts'
import { type Incoming, joinTexts, ownText, textOfMessage } from '../message/incoming.ts'
import { explainNotQueued, postToRunner } from '../runner.ts'
import { contentOf, contentsOf, fieldsOfDraft, orExpected, readDraft, refreshCaptured } from './captured.ts'

// Telegram Desktop splits a long paste at a blank line after this many characters; other clients split later.
const shortestPart = 2_048
// A message this long was split because it reached Telegram's limit.
const fullPart = 4_000
const togetherSeconds = 1
const fullPartSeconds = 3
const albumSeconds = 10

/** Adds a message to the previous one's task if they were sent together: a split paste, forwards, an album, or text with files. */
export async function joinCapture(ctx: BotContext, message: Message): Promise<boolean> {
  const before = await captureBefore(scopeOf(ctx), {
    updateId: ctx.update.update_id,
    chatId: message.chat.id,
    userId: message.from?.id ?? 0,
  })
  if (before === null || !isOnePiece(before, message)) return false
  const task = await findTask(scopeOf(ctx), before.effect.taskId)
  if (task === null) return false
  const content = contentOf(ctx, message)
  const { action, commentId } = before.effect
  const text = ownText(content)
  const isJoined =
    commentId === null
      ? await orExpected('invalid', () => joinTask(ctx, task, { content, action }))
      : await appendToComment(ctx.board, task, { commentId, text })
  if (isJoined) return true
  await editTask(ctx.board, task.id, { comment: text })
  await acknowledge(ctx, signs.kept)
  if (commentId === null) refreshCaptured(ctx, task.id, noteFullNotice())
  return true
}

async function joinTask(
  ctx: BotContext,
  task: Task,
  { content, action }: { readonly content: Incoming; readonly action: string },
): Promise<true> {
  const parts = await capturePartsOf(scopeOf(ctx), task.key)
  if (parts?.isUntouched) await rewriteCaptured(ctx, task, [...contentsOf(ctx, parts), content])
  else {
    const isPart = isCapture(action)
    const description = joinTexts([task.note ?? '', ownText(content)])
    await editTask(ctx.board, task.id, { description, isPart })
    refreshCaptured(ctx, task.id)
  }
  return true
}

/** Rewrites a task from its messages as they are now. Returns whether anything changed. Throws `invalid` if the note gets too long. */
export async function rewriteCaptured(
  ctx: BotContext,
  task: Task,
  contents: readonly Incoming[],
): Promise<boolean> {
  const { draft } = await readDraft(ctx, contents)
  const { description: note, ...fields } = fieldsOfDraft(draft)
  const queued = queueing(task, draft.queue)
  const asQueued = { ...task, engine: draft.engine, status: 'todo' } as const
  const refusals = queued.runState === 'queued' ? await postToRunner(ctx, [asQueued]) : []
  const { auditId } = await editTask(ctx.board, task.id, {
    ...fields,
    note,
    isPart: true,
    ...(refusals.length === 0 ? queued : {}),
  })
  const isMoved = draft.projectKey !== null && draft.projectKey !== task.project.key
  if (isMoved) await moveToProject(ctx.board, task.id, draft.projectKey)
  const isChanged = auditId !== null || isMoved
  if (isChanged) refreshCaptured(ctx, task.id)
  if (refusals.length > 0) await explainNotQueued(ctx, refusals)
  return isChanged
}

/** The messages decide whether their task is queued until someone else changes it. */
function queueing(task: Task, isWanted: boolean): TaskEdit {
  if (isWanted === (task.runState === 'queued')) return {}
  return isWanted ? queueEdit(task) : { ...takeBackEdit(), status: 'inbox' }
}

function isOnePiece({ update, effect }: Capture, message: Message): boolean {
  const earlier = (update as { readonly message?: Message }).message
  if (earlier === undefined) return false
  const apart = message.date - earlier.date
  if (message.media_group_id !== undefined && message.media_group_id === earlier.media_group_id)
    return apart <= albumSeconds
  if (isPaste(earlier, message, apart)) return true
  if (apart > togetherSeconds) return false
  // Another file that was sent with the same text.
  if (effect.action === partAction && isFile(earlier) && isFile(message)) return true
  return isCapture(effect.action) && isSentAlong(earlier, message)
}

function isCapture(action: string): boolean {
  return action === 'task.create' || action === partAction
}

function isPaste(earlier: Message, message: Message, apart: number): boolean {
  const length = [...textOfMessage(earlier)].length
  if (isForward(message) || isForward(earlier) || isCommand(message) || isReply(message)) return false
  const isPlain = !isReply(earlier) && !isCommand(earlier) && earlier.media_group_id === undefined
  if (length >= fullPart) return apart <= fullPartSeconds
  return length > shortestPart && isPlain && apart <= togetherSeconds
}

/** Returns whether two messages were sent together: a text with forwards or files, in either order. */
function isSentAlong(earlier: Message, message: Message): boolean {
  if (isReply(message) || isCommand(message)) return false
  if (isForward(earlier) && isForward(message)) return true
  const [one, other] = isWords(earlier) ? [earlier, message] : [message, earlier]
  return isWords(one) && (isForward(other) || isFile(other))
}

function isCommand(message: Message): boolean {
  return !isForward(message) && isCommandText(textOfMessage(message))
}

function isForward({ forward_origin: origin }: Message): boolean {
  return origin !== undefined
}

function isReply({ reply_to_message: target, external_reply: external }: Message): boolean {
  // In a topic, every message is a reply to the one that opened the topic.
  return external !== undefined || (target !== undefined && target.forum_topic_created === undefined)
}

function isWords(message: Message): boolean {
  return !isForward(message) && hasField(message, 'words') && !hasField(message, 'kept')
}

function isFile(message: Message): boolean {
  return !isForward(message) && hasField(message, 'kept') && !message.caption
}
