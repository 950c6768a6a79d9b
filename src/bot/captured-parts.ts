import type { Message } from 'grammy/types'
import { type Capture, captureBefore, captureOfTask } from '../domain/captures.ts'
import { editTask } from '../domain/tasks/edit.ts'
import { findTask } from '../domain/tasks/read.ts'
import { partAction } from '../domain/tasks/snapshot.ts'
import type { Task } from '../domain/tasks/task.ts'
import { noteFullNotice } from '../view/capture.ts'
import type { Html } from '../view/html.ts'
import { signs } from '../view/signs.ts'
import { acknowledge } from './acknowledge.ts'
import { orExpected, readDraft, refreshCaptured, withoutCommand } from './captured.ts'
import { isCommand } from './command-case.ts'
import { type BotContext, scopeOf } from './context.ts'
import { textOfMessage, wholeText } from './message-text.ts'
import { refreshCard } from './show.ts'

// A client cuts a long paste into messages of 4,096 characters that arrive together.
const pasteLength = 4_000
const togetherSeconds = 3
const maxNote = 50_000

/** Adds a message to the task of the one right before it where both are parts of one paste, forward or album. */
export async function joinCapture(ctx: BotContext, message: Message, text: string): Promise<boolean> {
  const before = await captureBefore(scopeOf(ctx), ctx.update.update_id)
  if (before === null || !isOnePiece(before, message)) return false
  const task = await findTask(scopeOf(ctx), before.trace.taskId)
  if (task === null) return false
  const { action } = before.trace
  const isComment = action === 'task.comment' || action === 'task.move'
  const isPart = action === 'task.create' || action === partAction
  const note = [task.note ?? '', text].filter((part) => part !== '').join('\n')
  const isRoom = !isComment && [...note].length <= maxNote
  // A note is a little longer than its parts where criteria and code blocks are put in order.
  const joined = isRoom
    ? await orExpected('invalid', () => editTask(ctx.board, task.id, { description: note, isPart }))
    : null
  if (joined !== null) {
    await refreshJoined(ctx, joined.task)
    return true
  }
  const { task: commented } = await editTask(ctx.board, task.id, { comment: text })
  await acknowledge(ctx, signs.kept)
  if (!isComment) await refreshJoined(ctx, commented, noteFullNotice())
  return true
}

/** Shows a task on its card after a part joined it: as it was captured, with its warnings and Undo, while nothing else has changed it. */
async function refreshJoined(ctx: BotContext, task: Task, notice?: Html): Promise<void> {
  const more = notice === undefined ? {} : { notice }
  const made = await captureOfTask(scopeOf(ctx), task.key)
  const message = (made?.update as { readonly message?: Message } | undefined)?.message
  if (made === null || message === undefined) return refreshCard(ctx, task, more)
  const { draft } = await readDraft(ctx, withoutCommand(wholeText(message)))
  await refreshCaptured(ctx, task, { undo: made.trace.auditId, problems: draft.problems, ...more })
}

function isOnePiece({ update }: Capture, message: Message): boolean {
  const earlier = (update as { readonly message?: Message }).message
  if (earlier === undefined || message.date - earlier.date > togetherSeconds) return false
  const isForward = message.forward_origin !== undefined
  if (!isForward && isCommand(textOfMessage(message))) return false
  const isPaste = [...textOfMessage(earlier)].length >= pasteLength
  // What is typed along with a forward comes as a separate message just before it.
  const isForwarded = isForward && (earlier.forward_origin !== undefined || message.date - earlier.date <= 1)
  const isAlbum = message.media_group_id !== undefined && message.media_group_id === earlier.media_group_id
  return isPaste || isForwarded || isAlbum
}
