import type { Message } from 'grammy/types'
import { DomainError } from '../../../domain/core/errors.ts'
import { cleanLine, clip, isVisible } from '../../../domain/core/text.ts'
import { withoutListMarks } from '../../../domain/quick-add/list-marks.ts'
import {
  parseQuickAdd,
  type QuickAddContext,
  type QuickAddDraft,
} from '../../../domain/quick-add/quick-add.ts'
import { readCard, type TaskCardFacts } from '../../../domain/tasks/card.ts'
import { composeNote } from '../../../domain/tasks/notes/note.ts'
import { findTask } from '../../../domain/tasks/read.ts'
import type { NewTask } from '../../../domain/tasks/schemas.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { type CaptureParts, capturePartsOf } from '../../../telegram/store/captures.ts'
import { livingCard } from '../../../telegram/store/messages/living-cards.ts'
import type { Content } from '../../../view/kit/html.ts'
import type { Viewer } from '../../../view/kit/when.ts'
import type { Menu } from '../../../view/tasks/callbacks.ts'
import { type CaptureCardOptions, captureCard, problemLines } from '../../../view/tasks/capture.ts'
import { taskVersion } from '../../../view/tasks/card.ts'
import { type BotContext, scopeOf, viewerOf } from '../context.ts'
import { withoutOwnName } from '../message/addressed.ts'
import { broughtBy, type Incoming, joinTexts, readIncoming } from '../message/incoming.ts'
import { refreshCard, sendTask } from '../show.ts'
import { zoneOfLocation } from '../zones.ts'
import { withSuggestions } from './suggested.ts'

/** Parses the messages of one capture as a new task. Shorthand counts only in typed text. */
export async function readDraft(ctx: BotContext, contents: readonly Incoming[]) {
  const projects = await ctx.projects()
  const projectKeys = projects.map((project) => project.projectKey)
  return { draft: toDraft(contents, { ...viewerOf(ctx), projectKeys }), projects }
}

function toDraft(contents: readonly Incoming[], context: QuickAddContext): QuickAddDraft {
  const typed = joinTexts(contents.map((content) => content.typed))
  const came = contents.flatMap(broughtBy)
  const read = parseQuickAdd(joinTexts([typed, ...came.map(({ text }) => text)]), context)
  const [lead, ...others] = came
  if (lead === undefined || (isVisible(typed) && !isOnlyTokens(typed, context))) return read
  // Nothing typed names the task, so the first attachment becomes the title, word for word.
  const title = titleFrom(lead.title)
  const note = joinTexts([withoutTitle(lead.text, title), ...others.map(({ text }) => text)])
  const firstLine = isVisible(typed) ? (typed.split('\n', 1)[0] ?? '') : placeholder
  const further = isVisible(typed) ? typed.split('\n').slice(1).join('\n') : ''
  return { ...parseQuickAdd(`${firstLine}\n${joinTexts([further, note])}`, context), title }
}

const placeholder = '…'

/** Returns whether a text consists of shorthand only, so that it doesn't name a task. */
function isOnlyTokens(typed: string, context: QuickAddContext): boolean {
  const probe = parseQuickAdd(`${placeholder} ${typed.trim()}`, context)
  return probe.title === placeholder && probe.problems.length === 0
}

const maxTitle = 180

function titleFrom(line: string): string {
  const words = cleanLine(withoutListMarks(line.trim(), [])).replace(/\s+/g, ' ')
  return isVisible(words) ? clip(words, maxTitle) : placeholder
}

/** Returns a text without its first line if that line is the title. */
function withoutTitle(text: string, title: string): string {
  const [first = '', ...rest] = text.split('\n')
  return first.trim() === title ? rest.join('\n').trim() : text
}

/** Splits a message into its parts, without the leading bot name and command. */
export function contentOf(ctx: BotContext, message: Message): Incoming {
  const addressed = withoutOwnName(message, ctx.me)
  const { typed, ...rest } = readIncoming(addressed, {
    botId: ctx.me.id,
    timeZone: ctx.settings.timeZone,
  })
  return { ...rest, typed: typed.replace(/^\/new(?:@\w+)?(?:\s+|$)/i, '') }
}

/** Returns a draft's task fields; missing ones get their defaults. */
export function fieldsOfDraft(draft: QuickAddDraft) {
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

/** Answers a captured message with its task's card. A picker opens on the full card. */
export async function answerCaptured(
  ctx: BotContext,
  made: {
    readonly task: Task
    /** What its card shows, if that is known. */
    readonly facts: TaskCardFacts | null
    readonly draft: QuickAddDraft
    readonly undo: string | null
    readonly menu: Menu | undefined
  },
): Promise<void> {
  const { task, facts, draft, undo, menu } = made
  const zone = ctx.message === undefined ? null : await zoneOffered([ctx.message])
  const { problems } = draft
  if (menu !== undefined) {
    const notice = problemLines(problems)
    await sendTask(ctx, task, { undo, menu, ...(notice === null ? {} : { notice }) })
    return
  }
  const { card, about } = await renderCaptured(ctx, task, { undo, problems, zone }, facts)
  // In a private chat the answer is directly below the message.
  const replyTo = ctx.chat?.type === 'private' ? undefined : ctx.message?.message_id
  await ctx.sender.send(card, { ...about, replyTo })
}

type Captured = Omit<CaptureCardOptions, keyof Viewer | 'problems'> & {
  readonly problems: QuickAddDraft['problems']
}

/** Renders the answer to a captured message and what its message is about. */
export async function renderCaptured(
  ctx: BotContext,
  task: Task,
  captured: Captured,
  facts: TaskCardFacts | null = null,
) {
  const version = taskVersion(facts ?? (await readCard(scopeOf(ctx), task)), ctx.board.now())
  const problems = await withSuggestions(ctx, captured.problems)
  const card = captureCard(task, { ...viewerOf(ctx), ...captured, problems })
  return { card, about: { purpose: 'card', taskId: task.id, version } as const }
}

/** Updates a captured task's card after a moment without new parts. It keeps the capture view until something else changes the task. */
export function refreshCaptured(ctx: BotContext, taskId: string, notice?: Content): void {
  const more = notice === undefined ? {} : { notice }
  ctx.deps.debounce.soon(`card ${taskId}`, async () => {
    const task = await findTask(scopeOf(ctx), taskId)
    if (task === null) return
    const parts = await capturePartsOf(scopeOf(ctx), task.key)
    if (parts === null || !parts.isUntouched) return refreshCard(ctx, task, more)
    const { draft } = await readDraft(ctx, contentsOf(ctx, parts))
    const zone = await zoneOffered(parts.messages as unknown as Message[])
    await showCaptured(ctx, task, { undo: parts.undo, problems: draft.problems, zone, ...more })
  })
}

/** Redraws a task's living card after a moment of quiet. */
export function refreshLivingCard(ctx: BotContext, taskId: string): void {
  ctx.deps.debounce.soon(`card ${taskId}`, async () => {
    const { chatId } = ctx.settings
    const living = chatId === null ? null : await livingCard(ctx.board.db, chatId, taskId)
    const task = living?.messageId ? await findTask(scopeOf(ctx), taskId) : null
    if (task !== null) await refreshCard(ctx, task)
  })
}

/** Returns the messages of a capture, split into their parts. */
export function contentsOf(ctx: BotContext, { messages }: CaptureParts): Incoming[] {
  return messages.map((message) => contentOf(ctx, message as unknown as Message))
}

async function showCaptured(ctx: BotContext, task: Task, captured: Captured): Promise<void> {
  const { chatId } = ctx.settings
  const living = chatId === null ? null : await livingCard(ctx.board.db, chatId, task.id)
  const { card, about } = await renderCaptured(ctx, task, captured)
  if (living?.messageId) await ctx.sender.edit(living.messageId, card, about)
  else await ctx.sender.send(card, about)
}

/** Runs something that may fail with this error code; returns null if it does. */
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

/** Returns the time zone to offer the owner for a captured location; null for other captures. */
async function zoneOffered(messages: readonly Message[]): Promise<string | null> {
  const [message, ...others] = messages
  return message === undefined || others.length > 0 ? null : zoneOfLocation(message)
}
