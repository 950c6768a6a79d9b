import { and, eq, gte, isNull, lt, sql } from 'drizzle-orm'
import { type Engine, projects, questions, tasks } from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'

/** How long agents' questions waited for the owner. */
export interface WaitingTimes {
  readonly count: number
  readonly medianMs: number
  readonly maxMs: number
  /** Longest median first; questions without a task aren't in it. */
  readonly byProject: readonly { readonly key: string; readonly medianMs: number }[]
  /** Longest median first; null is an unknown engine. */
  readonly byEngine: readonly { readonly engine: Engine | null; readonly medianMs: number }[]
}

/** Reads how long the questions waited that were closed from `from` until before `to`; null without any. */
export async function readWaiting(
  { db, ownerId }: Scope,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<WaitingTimes | null> {
  const closed = await db
    .select({
      askedAt: questions.createdAt,
      closedAt: questions.updatedAt,
      engine: questions.engine,
      projectKey: projects.projectKey,
    })
    .from(questions)
    .leftJoin(tasks, eq(tasks.id, questions.taskId))
    .leftJoin(projects, and(eq(projects.id, tasks.projectId), isNull(projects.deletedAt)))
    .where(
      and(
        eq(questions.ownerId, ownerId),
        sql`${questions.state} <> 'open'`,
        gte(questions.updatedAt, from),
        lt(questions.updatedAt, to),
      ),
    )
  const waits = closed.map(({ askedAt, closedAt, ...by }) => ({
    ...by,
    ms: Math.max(0, closedAt.getTime() - askedAt.getTime()),
  }))
  if (waits.length === 0) return null
  const all = waits.map(({ ms }) => ms)
  return {
    count: all.length,
    medianMs: median(all),
    maxMs: all.reduce((max, ms) => Math.max(max, ms), 0),
    byProject: mediansBy(waits, ({ projectKey }) => projectKey).flatMap(([key, medianMs]) =>
      key === null ? [] : [{ key, medianMs }],
    ),
    byEngine: mediansBy(waits, ({ engine }) => engine).map(([engine, medianMs]) => ({ engine, medianMs })),
  }
}

function mediansBy<W extends { readonly ms: number }, Key>(
  waits: readonly W[],
  keyOf: (wait: W) => Key,
): [Key, number][] {
  const keys = [...new Set(waits.map(keyOf))]
  const medianOf = (key: Key) => median(waits.filter((wait) => keyOf(wait) === key).map(({ ms }) => ms))
  return keys.map((key): [Key, number] => [key, medianOf(key)]).sort((left, right) => right[1] - left[1])
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = (sorted.length - 1) / 2
  return Math.round(((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2)
}
