import { and, desc, eq, sql } from 'drizzle-orm'
import { type RunOutcome, workLogFacts, workLogs } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { type TaskStatus, taskStatuses } from '../../core/task-values.ts'
import type { Label } from '../../labels/label.ts'
import { findLabels } from '../../labels/labels.ts'
import type { UnfetchedAnswer } from '../../questions/question.ts'
import { findOpenQuestions } from '../../questions/store.ts'
import { isHeldBy } from '../../runs/holder.ts'
import { lastOutcomeOf } from '../../runs/store.ts'
import { readOwnerSettings } from '../../settings/settings.ts'
import { findDetailForEdit, findTaskForEdit, type LaneEnds, requireTaskDetail } from '../detail.ts'
import type { DetailWithLabels } from '../detail-after.ts'
import { noSuchTask } from '../read.ts'
import type { ParsedTaskEdit } from '../schemas.ts'
import { runOf, type Task, type TaskDetail } from '../task.ts'
import { goalOf } from './lifecycle.ts'
import { makeRoomAtEnd } from './order.ts'
import { isRunReport, mayRepeat } from './refusal.ts'

/** What the decision about an edit needs, read without locks. */
export interface EditState {
  readonly task: Task
  /** The version of the task's row. */
  readonly version: string
  /** Its project's delivery settings. */
  readonly deploy: TaskDetail['deploy']
  /** The detail, if the caller or the decision needs it. */
  readonly detail: DetailWithLabels | null
  /** Whether the caller asked for the detail. */
  readonly withDetail: boolean
  /** The last sort keys of the lanes that the task may move to. */
  readonly ends: LaneEnds
  /** New keys for those lanes, if one had no room at its end. */
  readonly laneRows: readonly Write[]
  /** Determines today, for a pin. */
  readonly timeZone: string
  readonly staleAfterMinutes: number
  /** The agent's last plan, if a new one keeps the owner's text. */
  readonly olderPlan: string | null
  /** The board's labels with the wanted names. */
  readonly knownLabels: readonly Label[]
  readonly openQuestions: readonly string[]
  /** Answers that the agent of the newest run has not received. */
  readonly unfetched: readonly UnfetchedAnswer[]
  /** How the acting agent's newest run of the task ended. */
  readonly lastOutcome: RunOutcome | null
}

/** Reads what the decision about an edit needs: one statement for most edits. Throws `not-found`. */
export async function readEditState(
  ctx: Ctx,
  db: Reader,
  reference: string,
  edit: ParsedTaskEdit,
  { withDetail = false }: { readonly withDetail?: boolean } = {},
): Promise<EditState> {
  const scope = { db, ownerId: ctx.ownerId }
  const goals = goalsOf(edit)
  const isDetailed = withDetail || needsDetail(edit)
  const detailed = isDetailed ? await findDetailForEdit(scope, reference, goals) : null
  const found = detailed ?? (await findTaskForEdit(scope, reference, goals))
  if (found === null) throw noSuchTask(reference)
  const { task, version, deploy, ends, unfetched } = found
  const { actor } = ctx
  const run = runOf(task)
  const isHolder = run !== null && isHeldBy(run, actor)
  const mayTakeOver = actor.kind === 'agent' && edit.lifecycle === 'start' && run !== null && !isHolder
  const settings = edit.focus || mayTakeOver ? await readOwnerSettings(scope) : null
  // How an earlier run ended matters only to an agent that doesn't work on the task.
  const mayBeLate = actor.kind === 'agent' && isRunReport(edit) && task.lastRun !== null && !isHolder
  return {
    task,
    version,
    deploy,
    unfetched,
    withDetail,
    detail: detailed?.task ?? (mayRepeat(ctx, task, edit) ? await requireTaskDetail(scope, task.id) : null),
    ...(await makeRoom(ctx, db, task.id, ends)),
    timeZone: settings?.timeZone ?? 'UTC',
    staleAfterMinutes: settings?.staleAfterMinutes ?? 0,
    olderPlan: edit.keepsText ? await readPlan(db, task.id) : null,
    knownLabels: detailed?.task.boardLabels ?? (await findLabels(scope, edit.labels ?? [])),
    openQuestions: task.question === null ? [] : await findOpenQuestions(db, task.id),
    lastOutcome: mayBeLate ? await lastOutcomeOf(db, task.id, actor) : null,
  }
}

async function makeRoom({ ownerId }: Ctx, db: Reader, taskId: string, given: LaneEnds) {
  const ends: Partial<Record<TaskStatus, string | null>> = {}
  const laneRows: Write[] = []
  for (const status of taskStatuses) {
    if (given[status] === undefined) continue
    const room = await makeRoomAtEnd(db, { ownerId, status }, given[status], taskId)
    ends[status] = room.last
    laneRows.push(...room.rows)
  }
  return { ends, laneRows }
}

/** Returns the statuses that an edit may lead to, as far as they don't depend on the task; at most two. */
function goalsOf({ lifecycle, status, plan }: ParsedTaskEdit): TaskStatus[] {
  const planned = lifecycle === 'plan' || (lifecycle === undefined && plan !== undefined) ? 'todo' : null
  const goal = lifecycle === undefined ? null : goalOf(lifecycle)
  return [...new Set([goal ?? planned, status ?? null])].filter((one) => one !== null)
}

// Only a change that may make the task ready is checked against the project's deploy strategy. An action must include its pull request;
// a plain move may rely on the last result's.
function needsDetail({ artifacts, strictReady, status, lifecycle }: ParsedTaskEdit): boolean {
  return artifacts !== undefined || (strictReady === true && status === 'ready' && lifecycle === undefined)
}

/** Reads the last plan that an agent wrote for a task, or null. */
async function readPlan(db: Reader, taskId: string): Promise<string | null> {
  const [found] = await db
    .select({ plan: sql<string | null>`${workLogFacts.result} ->> 'plan'` })
    .from(workLogs)
    .innerJoin(workLogFacts, eq(workLogFacts.logId, workLogs.id))
    .where(and(eq(workLogs.taskId, taskId), sql`${workLogFacts.result} ->> 'plan' is not null`))
    .orderBy(desc(workLogs.workedAt), desc(workLogs.createdAt), desc(workLogs.id))
    .limit(1)
  return found?.plan ?? null
}
