import { isDeepStrictEqual } from 'node:util'
import { v7 } from 'uuid'
import { z } from 'zod'
import type { AskedTool } from '../../../db/schema.ts'
import { requireProjectRight, requireRunTask } from '../../access/rights.ts'
import { type Actor, keyOf } from '../../core/actor.ts'
import type { Change, Recorded } from '../../core/commit/commit.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import { parse } from '../../core/parse.ts'
import type { Scope } from '../../core/scope.ts'
import { AsciiName, plainText, text } from '../../core/text.ts'
import { AskedKind, ItemInput, toDefault, toItems } from '../../questions/new-question.ts'
import { type NewQuestion, type OpenQuestion, type Question, toOpened } from '../../questions/question.ts'
import { findByKey, findOpenOf, questionRow } from '../../questions/store.ts'
import { heldError, isHeldBy } from '../../runs/holder.ts'
import { snoozeRows } from '../edit/snooze.ts'
import { listOwnRuns } from '../own-runs.ts'
import { requireVersioned, type Versioned } from '../read.ts'
import { taskAudit } from '../snapshot.ts'
import { runOf, type Task } from '../task.ts'
import { taskUpdate } from '../write.ts'
import { questionEvent } from './question-event.ts'

/** A question that an agent asks and waits for: up to four items, what it is about, and what happens if nobody answers. */
export const Ask = z.object({
  /** A key or UUID. Absent: the task of the session's only run, else none. */
  task: z.string().optional(),
  kind: AskedKind.default('ask'),
  items: z.array(ItemInput).min(1).max(4),
  /** A command, a diff or a plan. */
  detail: plainText(50_000).optional(),
  /** What counts as the answer if nobody answers: an option's ID or label, or text. */
  default: text(1_000).optional(),
  /** The same key of the same token is the same question. */
  key: AsciiName.optional(),
})
export type Ask = z.input<typeof Ask>

/** What a hook adds to a question. */
export interface AskOptions {
  /** Null or absent: never. */
  readonly expiresAt?: Date | null
  readonly tool?: AskedTool
}

/** The question, and whether this call asked it. */
export interface Asked {
  readonly question: Question
  readonly isNew: boolean
}

/**
 * Asks the owner, and keeps the agent's run. The same key, or the same open question of the same session about the same task,
 * is the same question. Throws `not-found`, `invalid`, and `conflict` if another agent is working on the task or it is closed.
 */
export async function askOwner(ctx: Ctx, input: Ask, options: AskOptions = {}): Promise<Asked> {
  const { actor } = ctx
  if (actor.kind !== 'agent') throw new Error('only agents ask')
  const ask = ctx.redactor.data(parse(Ask, input))
  const items = toItems(ask.kind, ask.items)
  const key = ask.key === undefined ? null : keyOf(actor, ask.key)
  const asked: NewQuestion = {
    kind: ask.kind,
    items,
    detail: ask.detail?.trim() ? ask.detail : null,
    engine: actor.engine ?? null,
    returnsTo: null,
    session: actor.session ?? null,
    defaultAnswer: toDefault(ask.kind, items, ask.default),
    expiresAt: options.expiresAt ?? null,
    key,
    tool: options.tool ?? null,
  }
  return ctx.commit(async (db): Promise<Change<Asked>> => {
    const scope = { db, ownerId: ctx.ownerId }
    const keyed = key === null ? null : await findByKey(scope, actor.tokenId, key)
    if (keyed !== null) return { unchanged: true, result: { question: keyed, isNew: false } }
    const found = await findSubject(ctx, scope, ask.task)
    if (found !== null) requireAskable(actor, found.task)
    const taskId = found?.task.id ?? null
    const { tokenId, session = null } = actor
    const open = await findOpenOf(scope, { tokenId, session, taskId })
    const same = open.find((one) => isSameQuestion(one, asked))
    if (same !== undefined && key === null)
      return { unchanged: true, result: { question: same, isNew: false } }
    return record(ctx, actor, found, asked)
  })
}

/** Finds the task that a question is about. */
async function findSubject(ctx: Ctx, scope: Scope, task: string | undefined): Promise<Versioned | null> {
  if (task !== undefined) return requireVersioned(scope, task)
  const { actor } = ctx
  const session = actor.kind === 'agent' ? (actor.session ?? null) : null
  const held = await listOwnRuns({ ...ctx, db: scope.db })
  const ofSession = held.filter((run) => session !== null && run.session === session)
  const [own, ...others] =
    ofSession.length > 0 ? ofSession : held.filter((run) => run.session === null || session === null)
  return own === undefined || others.length > 0 ? null : requireVersioned(scope, own.key)
}

function requireAskable(actor: Actor, task: Task): void {
  requireRunTask(actor, task)
  requireProjectRight(actor, task.project.key)
  const run = runOf(task)
  if (run !== null && !isHeldBy(run, actor)) throw heldError(task.key, run, actor)
  if (task.status === 'done' || task.status === 'archived')
    throw new DomainError('conflict', `${task.key} is ${task.status}, so there is nothing to ask about it.`)
}

function record(
  { ownerId, now: clock }: Ctx,
  actor: Extract<Actor, { kind: 'agent' }>,
  found: Versioned | null,
  asked: NewQuestion,
): Recorded<Asked> {
  const now = clock()
  const id = v7()
  const { tokenId, name } = actor
  const row = questionRow({ id, ownerId, taskId: found?.task.id ?? null, tokenId, now }, asked)
  const question = toOpened({ id, name, askedAt: now, tokenId, task: found?.task ?? null }, asked)
  const result = { question, isNew: true }
  if (found === null)
    return {
      result,
      rows: [row],
      events: [],
      audit: [{ action: 'question.ask', targetType: 'question', targetId: id, meta: { kind: asked.kind } }],
      notifies: true,
    }
  const { task: before } = found
  const after = {
    ...before,
    ...(runOf(before) && { runStateUpdatedAt: now }),
    snoozedUntil: null,
    updatedAt: now,
  }
  return {
    result,
    rows: [
      row,
      taskUpdate(found, after),
      ...(before.snoozedUntil === null ? [] : snoozeRows(before.id, null)),
    ],
    events: [questionEvent(before, 'ask')],
    audit: [taskAudit('task.ask', before, after, { openedQuestion: id })],
  }
}

// A detail may differ only in secrets, which are masked; the tool's use doesn't.
function isSameQuestion(open: OpenQuestion, { kind, items, detail, tool = null }: NewQuestion): boolean {
  if (open.kind !== kind || open.detail !== detail) return false
  return isDeepStrictEqual(open.tool, tool) && isDeepStrictEqual(open.items, items)
}
