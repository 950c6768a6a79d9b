import { isVisible } from '../../../domain/core/text.ts'
import { changeSettings } from '../../../domain/settings/settings.ts'
import { newCard } from '../../../domain/tasks/card.ts'
import { createTask } from '../../../domain/tasks/create.ts'
import { type Edited, editTask } from '../../../domain/tasks/edit/edit.ts'
import { requireTask } from '../../../domain/tasks/read.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { projectOfTopic } from '../../../telegram/store/project-topics.ts'
import { noProjectCard } from '../../../view/system/home.ts'
import type { Menu } from '../../../view/tasks/callbacks.ts'
import { type BotContext, scopeOf } from '../context.ts'
import { broughtBy, type Incoming } from '../message/incoming.ts'
import { explainNotQueued, postToRunner } from '../runner.ts'
import { answerCaptured, fieldsOfDraft, orExpected, readDraft } from './captured.ts'

/** Returns whether a message has content to capture. */
export function isAnything(content: Incoming): boolean {
  return isVisible(content.typed) || broughtBy(content).length > 0
}

export interface CaptureOptions {
  /** The default project if the text names none. */
  readonly project?: string
  /** The picker that is open under the card. */
  readonly menu?: Menu
}

/** Creates a task from a message and answers with its card. */
export async function captureContent(
  ctx: BotContext,
  content: Incoming,
  options: CaptureOptions = {},
): Promise<void> {
  const { draft, projects } = await readDraft(ctx, [content])
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
    await ctx.sender.send(noProjectCard(), { purpose: 'screen', replyTo: ctx.message?.message_id })
    return
  }
  const queued = draft.queue ? ({ status: 'todo', queued: true } as const) : {}
  const made = await createTask(ctx.board, { projectId: project.id, ...fieldsOfDraft(draft), ...queued })
  const refusals = draft.queue ? await postToRunner(ctx, [made.task]) : []
  // A task stays queued only if its line was delivered.
  const isKept = refusals.length === 0
  const { task, auditId: undo } = isKept ? made : await keepInInbox(ctx, made.task)
  await answerCaptured(ctx, {
    task,
    facts: isKept ? newCard(made.detail) : null,
    draft,
    undo,
    menu: options.menu,
  })
  if (refusals.length > 0) await explainNotQueued(ctx, refusals)
  if (project.projectKey !== lastProject) await changeSettings(ctx.board, { lastProject: project.projectKey })
}

/** Moves a task that couldn't be queued to the inbox, unless an agent has claimed it. */
async function keepInInbox(ctx: BotContext, task: Task): Promise<Edited> {
  const edit = { status: 'inbox', runState: null, expect: { runState: 'queued' } } as const
  const kept = await orExpected('conflict', () => editTask(ctx.board, task.id, edit))
  return { task: kept?.task ?? (await requireTask(scopeOf(ctx), task.id)), auditId: null }
}
