import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { type Capture, captureBefore } from '../../domain/captures.ts'
import { DomainError } from '../../domain/errors.ts'
import { projectOfTopic } from '../../domain/project-topics.ts'
import { listProjects } from '../../domain/projects/read.ts'
import { parseQuickAdd, type QuickAddDraft } from '../../domain/quick-add.ts'
import { changeSettings } from '../../domain/settings.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { editTask } from '../../domain/tasks/edit.ts'
import { findTask } from '../../domain/tasks/read.ts'
import type { NewTask } from '../../domain/tasks/schemas.ts'
import type { Menu } from '../../view/callbacks.ts'
import { captureNotice, noteFullNotice, notKeptCard } from '../../view/capture.ts'
import { noProjectCard } from '../../view/home.ts'
import { acknowledge } from '../acknowledge.ts'
import { isCommand } from '../command-case.ts'
import { type BotContext, readerOf, scopeOf } from '../context.ts'
import { textOfMessage, wholeText } from '../message-text.ts'
import { refreshCard, sayTask } from '../show.ts'

// A client cuts a long paste into messages of 4,096 characters that arrive together.
const pasteLength = 4_000
const togetherSeconds = 3

/** Any text that is no command and no reply becomes an inbox task; what follows a long paste or a forward joins it. */
export function capture(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    // What a caption says is no command for Telegram, but it is meant as one.
    const text = wholeText(ctx.message).replace(/^\/new(?:@\w+)?\s+/i, '')
    if (text !== '') {
      if (!(await joinCapture(ctx, ctx.message, text))) await captureText(ctx, text)
    } else if (isContent(ctx.message)) {
      await ctx.sender.say(notKeptCard(), { purpose: 'answer', replyTo: ctx.message.message_id })
    } else await next()
  })
  return composer
}

// The rest are messages of Telegram's own, such as that somebody joined.
function isContent({ sticker, dice, story, game, paid_media, checklist }: Message): boolean {
  return [sticker, dice, story, game, paid_media, checklist].some((part) => part !== undefined)
}

export interface CaptureOptions {
  /** The project of a text that names none. */
  readonly project?: string
  /** The picker that is open under the card. */
  readonly menu?: Menu
}

/** Makes a task of a text in the owner's shorthand and answers with its card. */
export async function captureText(
  ctx: BotContext,
  text: string,
  options: CaptureOptions = {},
): Promise<void> {
  const { draft, projects } = await readDraft(ctx, text)
  const { defaultProject, lastProject } = ctx.settings
  const topicProject = projectOfTopic(ctx.settings, ctx.msg?.message_thread_id ?? null)
  const wanted = [
    draft.projectKey,
    options.project,
    topicProject,
    defaultProject,
    lastProject,
    projects[0]?.projectKey,
  ]
  const project = wanted
    .map((key) => projects.find(({ projectKey }) => projectKey === key))
    .find((found) => found !== undefined)
  if (project === undefined) {
    await ctx.sender.say(noProjectCard(), { purpose: 'screen', replyTo: ctx.message?.message_id })
    return
  }
  const { task, auditId } = await createTask(ctx.board, { projectId: project.id, ...fieldsOf(draft) })
  const { menu } = options
  await sayTask(ctx, task, {
    notice: captureNotice(draft),
    undo: auditId,
    ...(menu === undefined ? {} : { menu }),
  })
  if (project.projectKey !== lastProject) await changeSettings(ctx.board, { lastProject: project.projectKey })
}

/** Reads a text in the owner's shorthand. */
export async function readDraft(ctx: BotContext, text: string) {
  const projects = await listProjects(scopeOf(ctx))
  const projectKeys = projects.map((project) => project.projectKey)
  return { draft: parseQuickAdd(text, { ...readerOf(ctx), projectKeys }), projects }
}

/** What a draft says of a task, left open things at their defaults. */
export function fieldsOf(draft: QuickAddDraft): Omit<NewTask, 'projectId'> {
  return {
    title: draft.title,
    description: draft.note,
    criteria: [...draft.criteria],
    priority: draft.priority ?? 'none',
    labels: [...draft.labels],
    engine: draft.engine,
    dueAt: draft.dueAt,
    focus: draft.focusToday,
  }
}

/** Adds a message to the task of the one right before it where both are parts of one paste, forward or album. */
async function joinCapture(ctx: BotContext, message: Message, text: string): Promise<boolean> {
  const before = await captureBefore(scopeOf(ctx), ctx.update.update_id)
  if (before === null || !isOnePiece(before, message)) return false
  const task = await findTask(scopeOf(ctx), before.trace.taskId)
  if (task === null) return false
  const isComment = before.trace.action === 'task.comment' || before.trace.action === 'task.move'
  const note = [task.note ?? '', text].filter((part) => part !== '').join('\n')
  if (!isComment && [...note].length <= longestNote) {
    const joined = await orNull(() => editTask(ctx.board, task.id, { description: note }))
    if (joined !== null) {
      await refreshCard(ctx, joined.task)
      return true
    }
  }
  const { task: commented } = await editTask(ctx.board, task.id, { comment: text })
  await acknowledge(ctx, '👀')
  if (!isComment) await refreshCard(ctx, commented, { notice: noteFullNotice() })
  return true
}

const longestNote = 50_000

// A note is a little longer than its parts where criteria and code blocks are put in order.
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') return null
    throw error
  }
}

function isOnePiece({ update }: Capture, message: Message): boolean {
  const earlier = (update as { readonly message?: Message }).message
  if (earlier === undefined || message.date - earlier.date > togetherSeconds) return false
  const isForward = message.forward_origin !== undefined
  if (!isForward && isCommand(textOfMessage(message))) return false
  const isPaste = [...textOfMessage(earlier)].length >= pasteLength
  // What is written along with a forward comes as a message of its own just before it.
  const isForwarded = isForward && (earlier.forward_origin !== undefined || message.date - earlier.date <= 1)
  const isAlbum = message.media_group_id !== undefined && message.media_group_id === earlier.media_group_id
  return isPaste || isForwarded || isAlbum
}
