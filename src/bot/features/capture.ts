import { Composer } from 'grammy'
import type { Message } from 'grammy/types'
import { projectOfTopic } from '../../domain/project-topics.ts'
import { changeSettings } from '../../domain/settings.ts'
import { createTask } from '../../domain/tasks/create.ts'
import { type Edited, editTask } from '../../domain/tasks/edit.ts'
import { requireTask } from '../../domain/tasks/read.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { Menu } from '../../view/callbacks.ts'
import { notKeptCard } from '../../view/capture.ts'
import { noProjectCard } from '../../view/home.ts'
import { answerCaptured, fieldsOf, orExpected, readDraft, withoutCommand } from '../captured.ts'
import { joinCapture } from '../captured-parts.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { wholeText } from '../message-text.ts'
import { sayNotQueued, tellRunner } from '../runner.ts'

/** Any text that is no command and no reply becomes an inbox task; what follows a long paste or a forward joins it. */
export function capture(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.on('message', async (ctx, next) => {
    // What a caption says is no command for Telegram, but it is meant as one.
    const text = withoutCommand(wholeText(ctx.message))
    if (text !== '') {
      if (!(await joinCapture(ctx, ctx.message, text))) await captureText(ctx, text)
    } else if (isContent(ctx.message)) {
      await ctx.sender.say(notKeptCard(), { purpose: 'answer', replyTo: ctx.message.message_id })
    } else await next()
  })
  return composer
}

// The rest are Telegram's own messages, e.g. that someone joined.
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
  const queued = draft.queue ? ({ status: 'todo', queued: true } as const) : {}
  const made = await createTask(ctx.board, { projectId: project.id, ...fieldsOf(draft), ...queued })
  const refusals = draft.queue ? await tellRunner(ctx, [made.task]) : []
  // Only a line that was taken leaves the task queued.
  const kept = refusals.length === 0 ? made : await keepInInbox(ctx, made.task)
  await answerCaptured(ctx, kept.task, { draft, undo: kept.auditId, menu: options.menu })
  if (refusals.length > 0) await sayNotQueued(ctx, refusals)
  if (project.projectKey !== lastProject) await changeSettings(ctx.board, { lastProject: project.projectKey })
}

/** Leaves a task new that was to be queued, unless an agent has it by now. */
async function keepInInbox(ctx: BotContext, task: Task): Promise<Edited> {
  const edit = { status: 'inbox', runState: null, expect: { runState: 'queued' } } as const
  const kept = await orExpected('conflict', () => editTask(ctx.board, task.id, edit))
  return { task: kept?.task ?? (await requireTask(scopeOf(ctx), task.id)), auditId: null }
}
