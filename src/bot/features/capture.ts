import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { captureBefore, captureOfMessage, isUntouched } from '../../domain/captures.ts'
import { storable } from '../../domain/clip.ts'
import { livingCard } from '../../domain/living-cards.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { parseQuickAdd } from '../../domain/quick-add.ts'
import { changeSettings } from '../../domain/settings.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import { captureNotice, editedTooLateCard } from '../../view/capture.ts'
import { noProjectCard } from '../../view/home.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { describeFiles, sourceLine, textOfMessage } from '../message-text.ts'
import { renderTask, sayTask } from '../show.ts'

// A client cuts a long paste into messages of 4,096 characters that arrive together.
const pasteLength = 4_000
const togetherSeconds = 3

/** Any text that is no command and no reply becomes an inbox task; what follows a long paste or a forward joins it. */
export function capture(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    if (textOfMessage(ctx.message) === '' && describeFiles(ctx.message) === '') return next()
    if (await joinCapture(ctx, ctx.message)) return
    await captureText(ctx, wholeText(ctx.message))
  })
  composer.on('edited_message', editCaptured)
  return composer
}

/** Makes a task of a text in the owner's shorthand and answers with its card. */
export async function captureText(ctx: BotContext, text: string): Promise<void> {
  const projects = await listProjects(scopeOf(ctx))
  const draft = parseQuickAdd(text, {
    ...readerOf(ctx),
    projectKeys: projects.map((project) => project.projectKey),
  })
  const key =
    draft.projectKey ?? ctx.settings.defaultProject ?? ctx.settings.lastProject ?? projects[0]?.projectKey
  const project = projects.find((candidate) => candidate.projectKey === key) ?? projects[0]
  if (project === undefined) {
    await ctx.sender.say(noProjectCard(), { purpose: 'screen', replyTo: ctx.message?.message_id })
    return
  }
  const { task, auditId } = await createTask(ctx.board, {
    projectId: project.id,
    title: draft.title,
    description: draft.note,
    criteria: [...draft.criteria],
    priority: draft.priority ?? 'none',
    labels: [...draft.labels],
    engine: draft.engine,
    dueAt: draft.dueAt,
    focus: draft.focusToday,
  })
  await sayTask(ctx, task, { notice: captureNotice(draft), undo: auditId })
  if (project.projectKey !== ctx.settings.lastProject)
    await changeSettings(ctx.board, { lastProject: project.projectKey })
}

/** The text of a message with what it forwards and carries. */
function wholeText(message: Message): string {
  return storable(
    [textOfMessage(message), sourceLine(message), describeFiles(message)]
      .filter((part) => part !== '')
      .join('\n'),
  )
}

/** Adds a message to the task of the one right before it where both are parts of one paste, forward or album. */
async function joinCapture(ctx: BotContext, message: Message): Promise<boolean> {
  if (
    message.forward_origin === undefined &&
    message.media_group_id === undefined &&
    textOfMessage(message).startsWith('/')
  )
    return false
  const before = await captureBefore(scopeOf(ctx), ctx.update.update_id)
  const earlier = (before?.update as { readonly message?: Message } | undefined)?.message
  if (before === null || earlier === undefined || !isOnePiece(earlier, message)) return false
  const task = await findTask(scopeOf(ctx), before.trace.taskId)
  if (task === null) return false
  const note = [task.note ?? '', wholeText(message)].filter((part) => part !== '').join('\n')
  const { task: joined } = await editTask(ctx.board, task.id, { description: note })
  await refreshCard(ctx, joined)
  return true
}

function isOnePiece(earlier: Message, message: Message): boolean {
  if (message.date - earlier.date > togetherSeconds) return false
  const isPaste = [...textOfMessage(earlier)].length >= pasteLength
  const isForward = earlier.forward_origin !== undefined && message.forward_origin !== undefined
  const isAlbum = message.media_group_id !== undefined && message.media_group_id === earlier.media_group_id
  return isPaste || isForward || isAlbum
}

/** An edited message edits its task while nobody has touched that. */
async function editCaptured(ctx: BotContext): Promise<void> {
  const message = ctx.editedMessage
  if (message === undefined) return
  const captured = await captureOfMessage(scopeOf(ctx), message.message_id)
  const task = captured === null ? null : await findTask(scopeOf(ctx), captured.trace.taskId)
  if (captured === null || task === null) return
  if (!(await isUntouched(scopeOf(ctx), task.key))) {
    await ctx.sender.say(editedTooLateCard(task), {
      purpose: 'answer',
      taskId: task.id,
      replyTo: message.message_id,
    })
    return
  }
  const projects = await listProjects(scopeOf(ctx))
  const draft = parseQuickAdd(wholeText(message), {
    ...readerOf(ctx),
    projectKeys: projects.map((project) => project.projectKey),
  })
  const { task: edited, auditId } = await editTask(ctx.board, task.id, {
    title: draft.title,
    description: draft.note,
    criteria: [...draft.criteria],
    priority: draft.priority ?? 'none',
    labels: [...draft.labels],
    engine: draft.engine,
    dueAt: draft.dueAt,
    focus: draft.focusToday,
  })
  if (auditId !== null) await refreshCard(ctx, edited, auditId)
}

async function refreshCard(ctx: BotContext, task: Task, undo?: string): Promise<void> {
  const card =
    ctx.settings.chatId === null ? null : await livingCard(ctx.board.db, ctx.settings.chatId, task.id)
  const rendered = await renderTask(ctx, task, { undo })
  if (card?.messageId) await ctx.sender.edit(card.messageId, rendered.card, rendered.about)
  else await ctx.sender.say(rendered.card, rendered.about)
}
