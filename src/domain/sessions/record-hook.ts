import { isDeepStrictEqual } from 'node:util'
import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { agentSessions, runs, sessionRules, tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Actor } from '../core/actor.ts'
import type { Change } from '../core/commit/commit.ts'
import { insert, remove, update, versionOf, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { minuteMs } from '../core/durations.ts'
import { findOpenOfSession } from '../questions/store.ts'
import { setRunSession } from '../runs/store.ts'
import { type PermissionSettings, readOwnerSettings } from '../settings/settings.ts'
import { decideHook, type HookDecision } from './hook-decision.ts'
import type { HookEvent } from './hook-event.ts'

const seenEveryMs = minuteMs

/** An agent whose session is known, as every hook names it. */
type HookActor = Extract<Actor, { kind: 'agent' }> & { readonly session: string }

/** What a hook event changes and answers, with the settings that decided it. */
export interface RecordedHook extends HookDecision {
  readonly permissions: PermissionSettings
}

/**
 * Records what an agent's hook reports: the session's row, the task that it works on, and a sign of life of its run. Returns what is
 * left to do: questions to withdraw, and the answer.
 */
export async function recordHook(
  ctx: Ctx,
  { event, cwd }: { readonly event: HookEvent; readonly cwd: string | null },
): Promise<RecordedHook> {
  const actor = requireHookActor(ctx.actor)
  return ctx.commit(async (db): Promise<Change<RecordedHook>> => {
    const now = ctx.now()
    const row = await readSession(db, actor)
    const permissions = await readPermissions(ctx, db, event)
    const decision = decideHook(
      {
        announced: row?.announced ?? [],
        waiting: await readWaiting(ctx, db, actor, event),
        rules: event.kind === 'asked' ? await readRules(db, actor) : [],
        permissions,
      },
      event,
    )
    const isDue = row === undefined || now.getTime() - row.lastSeenAt.getTime() >= seenEveryMs
    const started =
      event.kind === 'used' && event.startedTask !== null
        ? await findRun(db, actor, eq(tasks.taskKey, event.startedTask))
        : null
    const held = isDue && row?.taskId ? await findRun(db, actor, eq(tasks.id, row.taskId)) : null
    const after = {
      announced: decision.announced,
      cwd: cwd ?? row?.cwd ?? null,
      endedAt: decision.endsSession ? (row?.endedAt ?? now) : null,
      taskId: started?.taskId ?? (isDue ? (held?.taskId ?? null) : row.taskId),
      engine: actor.engine ?? row?.engine ?? null,
      lastSeenAt: isDue ? now : row.lastSeenAt,
    }
    const result = { ...decision, permissions }
    if (row !== undefined && isDeepStrictEqual({ ...row, ...after }, row)) return { unchanged: true, result }
    return {
      unchanged: true,
      result,
      rows: [
        toWrite(row, actor, after),
        ...(started?.session === null ? [setRunSession(started.id, actor.session)] : []),
        ...(held === null ? [] : [heartbeat(held.taskId, now)]),
        ...(decision.endsSession ? [endRules(actor)] : []),
      ],
    }
  })
}

function requireHookActor(actor: Actor): HookActor {
  if (actor.kind !== 'agent' || !actor.session) throw new Error('a hook names its session')
  return { ...actor, session: actor.session }
}

type SessionRow = typeof agentSessions.$inferSelect & { readonly version: string }

async function readSession(db: Reader, { tokenId, session }: HookActor): Promise<SessionRow | undefined> {
  const [found] = await db
    .select({ row: agentSessions, version: versionOf(agentSessions) })
    .from(agentSessions)
    .where(and(eq(agentSessions.tokenId, tokenId), eq(agentSessions.session, session)))
  return found && { ...found.row, announced: found.row.announced ?? [], version: found.version }
}

type SessionFields = Pick<
  typeof agentSessions.$inferSelect,
  'announced' | 'cwd' | 'endedAt' | 'taskId' | 'engine' | 'lastSeenAt'
>

function toWrite(row: SessionRow | undefined, { tokenId, session }: HookActor, set: SessionFields): Write {
  return row === undefined
    ? insert(agentSessions, { tokenId, session, ...set, firstSeenAt: set.lastSeenAt })
    : update(agentSessions, { key: { id: row.id }, version: row.version, set })
}

const noPermissions: PermissionSettings = {
  presence: null,
  isLocked: false,
  holdSeconds: { claude: 0, codex: 0, proxy: 0 },
}

// Only a request needs them; the other hooks must be answered within 20 ms.
async function readPermissions({ ownerId }: Ctx, db: Reader, event: HookEvent): Promise<PermissionSettings> {
  return event.kind === 'asked' ? (await readOwnerSettings({ db, ownerId })).permissions : noPermissions
}

async function readWaiting({ ownerId }: Ctx, db: Reader, actor: HookActor, event: HookEvent) {
  if (event.kind === 'announced' || event.kind === 'seen') return []
  const open = await findOpenOfSession({ db, ownerId }, actor)
  return open.flatMap(({ tool, ...question }) => (tool === null ? [] : [{ ...question, tool }]))
}

async function readRules(db: Reader, { tokenId, session }: HookActor) {
  return db
    .select({ tool: sessionRules.tool, input: sessionRules.input })
    .from(sessionRules)
    .where(and(eq(sessionRules.tokenId, tokenId), eq(sessionRules.session, session)))
}

function endRules({ tokenId, session }: HookActor): Write {
  return remove(sessionRules, { key: { tokenId, session }, isOptional: true })
}

/** Finds the token's open run of a task that is the session's, or may become it. */
async function findRun(db: Reader, { tokenId, session }: HookActor, isTask: SQL) {
  const [run] = await db
    .select({ id: runs.id, taskId: tasks.id, session: runs.session })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(and(isTask, eq(runs.tokenId, tokenId), isNull(runs.endedAt)))
  return run !== undefined && (run.session === null || run.session === session) ? run : null
}

// What the session does shows that its run is alive.
function heartbeat(id: string, now: Date): Write {
  const set = { runStateUpdatedAt: now }
  return update(tasks, { key: { id }, expect: { runState: 'running' }, set, isOptional: true })
}
