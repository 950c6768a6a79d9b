import { DomainError } from '../domain/errors.ts'
import { livingCard } from '../domain/living-cards.ts'
import { listProjects } from '../domain/projects/read.ts'
import { parseQuickAdd, type QuickAddDraft } from '../domain/quick-add.ts'
import { readCard } from '../domain/tasks/card.ts'
import { composeNote } from '../domain/tasks/note.ts'
import type { NewTask } from '../domain/tasks/schemas.ts'
import type { Task } from '../domain/tasks/task.ts'
import type { Menu } from '../view/callbacks.ts'
import { type CaptureCardOptions, captureCard, problemLines } from '../view/capture.ts'
import { taskVersion } from '../view/task-card.ts'
import type { Reader } from '../view/when.ts'
import { type BotContext, readerOf, scopeOf } from './context.ts'
import { sayTask } from './show.ts'
import { withSuggestions } from './suggested.ts'

/** What follows the `/new` that a text may begin with. */
export function withoutCommand(text: string): string {
  return text.replace(/^\/new(?:@\w+)?\s+/i, '')
}

/** Reads a text in the owner's shorthand. */
export async function readDraft(ctx: BotContext, text: string) {
  const projects = await listProjects(scopeOf(ctx))
  const projectKeys = projects.map((project) => project.projectKey)
  return { draft: parseQuickAdd(text, { ...readerOf(ctx), projectKeys }), projects }
}

/** What a draft says about a task; what it leaves open has its default. */
export function fieldsOf(draft: QuickAddDraft) {
  return {
    title: draft.title,
    description: composeNote({ text: draft.note ?? '', criteria: draft.criteria }),
    priority: draft.priority ?? 'none',
    labels: [...draft.labels],
    engine: draft.engine,
    dueAt: draft.dueAt,
    focus: draft.focusToday,
  } satisfies Omit<NewTask, 'projectId'>
}

/** Answers a captured message with its task, with the picker that is to be open on the whole card. */
export async function answerCaptured(
  ctx: BotContext,
  task: Task,
  made: {
    readonly draft: QuickAddDraft
    readonly undo: string | null
    readonly menu: Menu | undefined
  },
): Promise<void> {
  const { draft, undo, menu } = made
  const { problems } = draft
  if (menu !== undefined) {
    const notice = problemLines(problems)
    await sayTask(ctx, task, { undo, menu, ...(notice === null ? {} : { notice }) })
    return
  }
  const { card, about } = await renderCaptured(ctx, task, { undo, problems })
  // In a private chat the message stands right above its answer.
  const replyTo = ctx.chat?.type === 'private' ? undefined : ctx.message?.message_id
  await ctx.sender.say(card, { ...about, replyTo })
}

type Captured = Omit<CaptureCardOptions, keyof Reader | 'problems'> & {
  readonly problems: QuickAddDraft['problems']
}

/** The answer to a captured message, and what its message is about. */
export async function renderCaptured(ctx: BotContext, task: Task, captured: Captured) {
  const version = taskVersion(await readCard(scopeOf(ctx), task))
  const problems = await withSuggestions(ctx, captured.problems)
  const card = captureCard(task, { ...readerOf(ctx), ...captured, problems })
  return { card, about: { purpose: 'card', taskId: task.id, version } as const }
}

/** Shows a task that is as it was captured on its living card. */
export async function refreshCaptured(ctx: BotContext, task: Task, captured: Captured): Promise<void> {
  const { chatId } = ctx.settings
  const living = chatId === null ? null : await livingCard(ctx.board.db, chatId, task.id)
  const { card, about } = await renderCaptured(ctx, task, captured)
  if (living?.messageId) await ctx.sender.edit(living.messageId, card, about)
  else await ctx.sender.say(card, about)
}

/** Does something that may be refused with this code; null where it was. */
export async function orExpected<T>(
  expected: DomainError['code'],
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DomainError && error.code === expected) return null
    throw error
  }
}
