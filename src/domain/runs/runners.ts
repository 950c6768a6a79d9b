import { and, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { engines, projects, type RunOutcome, runners, runs } from '../../db/schema.ts'
import type { Db, Reader } from '../../db/types.ts'
import { seesProject } from '../access/rights.ts'
import type { Actor } from '../core/actor.ts'
import type { Change } from '../core/commit/commit.ts'
import { insert, update, versionOf, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { deleteExpiredRows } from '../core/delete-expired.ts'
import { secondMs } from '../core/durations.ts'
import { DomainError } from '../core/errors.ts'
import { parse } from '../core/parse.ts'
import { lineText } from '../core/text.ts'
import { limitRows } from './engine-limits.ts'

/** How long a runner may be silent before its runs are lost and it counts as offline. */
export const leaseMs = 90 * secondMs

const ReachedLimit = z.object({ engine: z.enum(engines), until: z.date() })

/** What a runner reports about itself. */
export const RunnerReport = z.object({
  name: lineText(60),
  host: lineText(100),
  engines: z.array(z.enum(engines)).min(1),
  /** The keys of the projects that it has. */
  projects: z.array(z.string().toUpperCase()),
  max: z.int(),
  busy: z.int(),
  /** The runs whose processes are alive. */
  runs: z.array(z.guid().toLowerCase()),
  limits: z.array(ReachedLimit),
})
export type RunnerReport = z.input<typeof RunnerReport>

export type Agent = Extract<Actor, { readonly kind: 'agent' }>

/** Returns the actor if it is an agent with an ordinary token. */
export function requireAgent(actor: Actor): Agent {
  if (actor.kind !== 'agent' || actor.run !== undefined)
    throw new DomainError('forbidden', 'Only the token of a runner may do this.')
  return actor
}

/**
 * Records a runner, which is one name of one token, and renews the leases of the runs whose processes are alive. Projects that don't
 * exist are left out and returned.
 */
export async function reportRunner(
  ctx: Ctx,
  input: RunnerReport,
): Promise<{ readonly id: string; readonly unknownProjects: readonly string[] }> {
  const agent = requireAgent(ctx.actor)
  const report = ctx.redactor.data(parse(RunnerReport, input))
  const { tokenId } = agent
  return ctx.commit(async (db): Promise<Change<Awaited<ReturnType<typeof reportRunner>>>> => {
    const now = ctx.now()
    const { name, host, max, busy } = report
    const [stored] = await db
      .select({ id: runners.id, version: versionOf(runners) })
      .from(runners)
      .where(and(eq(runners.tokenId, tokenId), eq(runners.name, name)))
    const known = await knownProjects(ctx, db, agent, report.projects)
    const id = stored?.id ?? v7()
    const row = { host, max, busy, engines: [...new Set(report.engines)], projects: known, lastSeenAt: now }
    return {
      unchanged: true,
      result: { id, unknownProjects: report.projects.filter((key) => !known.includes(key)) },
      rows: [
        stored === undefined
          ? insert(runners, { id, tokenId, name, ...row, firstSeenAt: now })
          : update(runners, { key: { id }, version: stored.version, set: row }),
        ...[...new Set(report.runs)].map((run) => renewal(id, run, now)),
        ...(await limitRows(db, id, report.limits, now)),
        ...(stored === undefined ? [] : await exits(db, id, report.runs, now)),
      ],
    }
  })
}

function renewal(runnerId: string, id: string, now: Date): Write {
  const set = { heartbeatAt: now }
  return update(runs, { key: { id }, expect: { runnerId, endedAt: null }, set, isOptional: true })
}

/** Deletes runners last seen before `before`. Returns how many. */
export async function deleteExpiredRunners(db: Db, before: Date): Promise<number> {
  return deleteExpiredRows(db, runners, lt(runners.lastSeenAt, before))
}

/** Returns the rows of ended runs whose processes have ended too: the runner had reported them, and no longer does. */
async function exits(db: Reader, runnerId: string, alive: readonly string[], now: Date): Promise<Write[]> {
  const ended = await db
    .select({
      id: runs.id,
      startedAt: runs.startedAt,
      heartbeatAt: runs.heartbeatAt,
      outcome: runs.outcome,
    })
    .from(runs)
    .where(and(eq(runs.runnerId, runnerId), isNull(runs.exitedAt), isNotNull(runs.endedAt)))
  return ended
    .filter(({ id, startedAt, heartbeatAt }) => !alive.includes(id) && (heartbeatAt ?? startedAt) > startedAt)
    .map((run) =>
      update(runs, {
        key: { id: run.id },
        expect: { exitedAt: null },
        set: exitedAt(run, now),
        isOptional: true,
      }),
    )
}

/** Returns the columns of a run whose process has ended. Only the card of a stopped run shows it. */
export function exitedAt({ outcome }: { readonly outcome: RunOutcome | null }, now: Date) {
  return { exitedAt: now, ...(outcome === 'stopped' ? { reportedAt: now } : {}) }
}

async function knownProjects(
  { ownerId }: Ctx,
  db: Reader,
  agent: Agent,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return []
  const found = await db
    .select({ key: projects.projectKey })
    .from(projects)
    .where(
      and(eq(projects.ownerId, ownerId), inArray(projects.projectKey, [...keys]), isNull(projects.deletedAt)),
    )
  return found.map(({ key }) => key).filter((key) => seesProject(agent, key))
}

/** Finds a runner of the agent's token. Throws `not-found`. */
export async function requireRunner(
  db: Reader,
  { tokenId }: Agent,
  id: string,
): Promise<typeof runners.$inferSelect> {
  const [runner] = await db
    .select()
    .from(runners)
    .where(and(eq(runners.id, id), eq(runners.tokenId, tokenId)))
  if (runner === undefined)
    throw new DomainError('not-found', 'Your token has no such runner. Send POST /api/runners first.')
  return runner
}
