import { and, eq } from 'drizzle-orm'
import { v7 } from 'uuid'
import { engineLimits } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import type { AuditRecordOf } from '../../core/audit/audit-record.ts'
import type { Change } from '../../core/commit/commit.ts'
import { update, versionOf, type Write } from '../../core/commit/writes.ts'
import type { Ctx } from '../../core/context.ts'
import { DomainError } from '../../core/errors.ts'
import type { Scope } from '../../core/scope.ts'
import type { Engine } from '../../core/task-values.ts'
import { limitsAt, listRunners, type RunnerFacts } from '../../runs/runner-list.ts'
import { editTasks } from '../edit/edit-many.ts'
import { listTasks } from '../lists/list.ts'
import type { Task } from '../task.ts'
import { whyQueued } from './why-queued.ts'

/** A usage limit that the owner decides on. */
export interface LimitFacts {
  readonly id: string
  readonly runner: RunnerFacts
  readonly engine: Engine
  readonly until: Date
  /** Whether it keeps its engine from getting tasks now. */
  readonly holds: boolean
  /** The queued tasks that wait for the engine. */
  readonly waiting: readonly Task[]
  /** The runner's other engines that have reached no limit. */
  readonly others: readonly Engine[]
}

const maxWaiting = 200

/** Like `findLimit`; throws `not-found`. */
export async function requireLimit(scope: Scope, id: string, now: Date): Promise<LimitFacts> {
  const limit = await findLimit(scope, id, now)
  if (limit === null) throw new DomainError('not-found', 'That runner is gone.')
  return limit
}

/** Reads a limit with what waits for it; null if its runner is gone. */
export async function findLimit(scope: Scope, id: string, now: Date): Promise<LimitFacts | null> {
  const [limit] = await scope.db.select().from(engineLimits).where(eq(engineLimits.id, id))
  const runners = await listRunners(scope, now)
  const runner = runners.find((one) => one.id === limit?.runnerId)
  if (limit === undefined || runner === undefined) return null
  const { engine, until } = limit
  const queued = await listTasks(scope, { runState: 'queued' }, { limit: maxWaiting })
  const limited = limitsAt(runner, now).map((one) => one.engine)
  const waiting = queued.filter((task) => {
    const reason = whyQueued(task, runners, now)
    return reason?.kind === 'limit' && reason.engine === engine
  })
  const others = runner.engines.filter((one) => one !== engine && !limited.includes(one))
  return { id, runner, engine, until, holds: limited.includes(engine), waiting, others }
}

/** Lets an engine get tasks again before its limit ends. A limit that doesn't hold stays as it is. Throws `not-found`. */
export async function liftLimit(ctx: Ctx, id: string): Promise<{ readonly auditId: string | null }> {
  return ctx.commit(async (db): Promise<Change<{ readonly auditId: string | null }>> => {
    const now = ctx.now()
    const { engine, until, runner, holds } = await requireLimit({ db, ownerId: ctx.ownerId }, id, now)
    if (!holds) return { unchanged: true, result: { auditId: null } }
    const auditId = v7()
    const meta = { name: runner.name, engine, until: until.toISOString() }
    return {
      result: { auditId },
      rows: [
        update(engineLimits, { key: { id }, expect: { liftedAt: null, until }, set: { liftedAt: now } }),
      ],
      events: [],
      audit: [{ id: auditId, action: 'limit.lift', targetType: 'limit', targetId: id, meta }],
      // A claim that waits looks again.
      notifies: true,
    }
  })
}

/** Gives the queued tasks that wait for a limit to another engine of the runner. Throws `not-found`, and `invalid` for an engine that it lacks. */
export async function useOtherEngine(
  ctx: Ctx,
  id: string,
  engine: Engine,
): Promise<{ readonly count: number; readonly auditId: string | null }> {
  const { waiting, others } = await requireLimit(ctx, id, ctx.now())
  if (!others.includes(engine)) throw new DomainError('invalid', 'The runner can’t start that engine now.')
  const edits = waiting.map((task) => ({
    reference: task.id,
    edit: { engine, expect: { runState: 'queued' } } as const,
  }))
  const { tasks, auditId } = await editTasks(ctx, edits)
  return { count: tasks.length, auditId }
}

/** Restores a limit that the owner has lifted. Throws `conflict` if it was reached again since. Part of `undoChange`. */
export async function undoLift(db: Reader, entry: AuditRecordOf<'limit.lift'>): Promise<readonly Write[]> {
  const id = entry.targetId ?? ''
  const until = new Date(entry.meta.until)
  const [lifted] = await db
    .select({ version: versionOf(engineLimits), liftedAt: engineLimits.liftedAt })
    .from(engineLimits)
    .where(and(eq(engineLimits.id, id), eq(engineLimits.until, until)))
  if (lifted === undefined || lifted.liftedAt === null)
    throw new DomainError('conflict', 'The engine has reached its limit again since.')
  return [update(engineLimits, { key: { id }, version: lifted.version, set: { liftedAt: null } })]
}
