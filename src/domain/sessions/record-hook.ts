import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { agentSessions, sessionRules, tasks } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import type { Actor } from '../core/actor.ts'
import type { Change } from '../core/commit/commit.ts'
import { insert, remove, update, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { minuteMs } from '../core/durations.ts'
import { setRunSession } from '../runs/store.ts'
import { type PermissionSettings, readOwnerSettings } from '../settings/settings.ts'
import { hearComment } from '../work-logs/heard.ts'
import { decideHook, type HookDecision, type HookState } from './hook-decision.ts'
import type { HookEvent } from './hook-event.ts'
import { readStoredSession, type SessionRow, type StoredSession } from './read-hook-state.ts'
import { mustStop } from './stop.ts'

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
  {
    event,
    cwd,
    agent,
  }: { readonly event: HookEvent; readonly cwd: string | null; readonly agent: 'claude' | 'codex' },
): Promise<RecordedHook> {
  const actor = requireHookActor(ctx.actor)
  return ctx.commit(async (db): Promise<Change<RecordedHook>> => {
    const now = ctx.now()
    const stored = await readStoredSession(db, actor)
    const { row } = stored
    const permissions = await readPermissions(ctx, db, event)
    const decision = decideHook(
      {
        announced: row?.announced ?? [],
        waiting: stored.waiting,
        rules: event.kind === 'asked' ? await readRules(db, actor) : [],
        permissions,
        words: stored.words,
        stopBlocks: row?.stopBlocks ?? 0,
        stopped: toStopped(stored, agent, now),
        sentBack: toSentBack(stored),
      },
      event,
    )
    const isDue = row === null || now.getTime() - row.lastSeenAt.getTime() >= seenEveryMs
    const key = event.kind === 'used' ? event.startedTask : null
    const started = key === null ? undefined : stored.runs.find(({ taskKey }) => taskKey === key)
    const held = isDue && row !== null ? stored.runs.find(({ taskId }) => taskId === row.taskId) : undefined
    const set = {
      announced: decision.announced,
      cwd: cwd ?? row?.cwd ?? null,
      endedAt: decision.endsSession ? (row?.endedAt ?? now) : null,
      taskId: started?.taskId ?? (isDue ? (held?.taskId ?? null) : row.taskId),
      engine: actor.engine ?? row?.engine ?? null,
      lastSeenAt: isDue ? now : row.lastSeenAt,
      hookAt: now,
      stopBlocks: decision.stopBlocks,
      ...timesOf(event, now),
      ...(decision.reply.kind === 'stop' ? { stopHeardAt: now } : {}),
      ...(event.kind === 'used' ? countUse(row, event, { isFirst: started !== undefined, now }) : {}),
    }
    return {
      unchanged: true,
      result: { ...decision, permissions },
      rows: [
        toWrite(row, actor, set),
        ...(started?.session === null ? [setRunSession(started.id, actor.session)] : []),
        ...(held === undefined ? [] : [heartbeat(held.taskId, now)]),
        ...(decision.endsSession ? [endRules(actor)] : []),
        ...(decision.reply.kind === 'words'
          ? decision.reply.words.map(({ id }) => hearComment(id, now))
          : []),
      ],
    }
  })
}

/** Records that an answer that ends the session's run was written. */
export async function recordStopDelivered(ctx: Ctx): Promise<void> {
  const { tokenId, session } = requireHookActor(ctx.actor)
  const set = { stopDeliveredAt: ctx.now() }
  const row = update(agentSessions, { key: { tokenId, session }, set, isOptional: true })
  await ctx.commit(async () => ({ unchanged: true, result: undefined, rows: [row] }))
}

/** Returns the run that the owner stopped; null if the session needn't be told. */
function toStopped(
  { ended, row }: StoredSession,
  agent: 'claude' | 'codex',
  now: Date,
): HookState['stopped'] {
  if (ended?.outcome !== 'stopped' || row === null) return null
  const { hookAt, promptedAt, turnEndedAt, stopDeliveredAt, endedAt: sessionEndedAt } = row
  const { endedAt, taskKey } = ended
  const run = { endedAt, hookAt, promptedAt, turnEndedAt, sessionEndedAt, stopDeliveredAt }
  return mustStop(run, agent, now) ? { taskKey, agent } : null
}

/** Returns the times that an event sets. */
function timesOf({ kind, ...event }: HookEvent, now: Date) {
  return {
    ...(kind === 'prompted' ? { promptedAt: now } : {}),
    ...(kind === 'turn-ended' && 'agentId' in event && event.agentId === null ? { turnEndedAt: now } : {}),
  }
}

const maxFiles = 200

/** Counts a use of a tool for the run that the session works on, from the run's start. */
function countUse(
  row: SessionRow | null,
  { files: changed, ranTests }: HookEvent & { readonly kind: 'used' },
  { isFirst, now }: { readonly isFirst: boolean; readonly now: Date },
) {
  if (isFirst) return { usedAt: now, toolCalls: 0, files: [], ranTests: false }
  const files = [...new Set([...(row?.files ?? []), ...changed.map(toHash)])].slice(0, maxFiles)
  return {
    usedAt: now,
    toolCalls: (row?.toolCalls ?? 0) + 1,
    files,
    ranTests: ranTests || (row?.ranTests ?? false),
  }
}

function toHash(path: string): string {
  return createHash('sha256').update(path).digest('base64url').slice(0, 8)
}

/** Returns the run whose task is queued again, before the turn that completed it has ended; null without one. */
function toSentBack({ ended, row }: StoredSession): HookState['sentBack'] {
  if (ended?.outcome !== 'completed' || !ended.isQueued || row === null) return null
  return row.turnEndedAt === null || row.turnEndedAt < ended.endedAt ? ended : null
}

function requireHookActor(actor: Actor): HookActor {
  if (actor.kind !== 'agent' || !actor.session) throw new Error('a hook names its session')
  return { ...actor, session: actor.session }
}

type SessionFields = Partial<typeof agentSessions.$inferSelect> & Pick<SessionRow, 'lastSeenAt'>

function toWrite(row: SessionRow | null, { tokenId, session }: HookActor, set: SessionFields): Write {
  return row === null
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

async function readRules(db: Reader, { tokenId, session }: HookActor) {
  return db
    .select({ tool: sessionRules.tool, input: sessionRules.input })
    .from(sessionRules)
    .where(and(eq(sessionRules.tokenId, tokenId), eq(sessionRules.session, session)))
}

function endRules({ tokenId, session }: HookActor): Write {
  return remove(sessionRules, { key: { tokenId, session }, isOptional: true })
}

// What the session does shows that its run is alive.
function heartbeat(id: string, now: Date): Write {
  const set = { runStateUpdatedAt: now }
  return update(tasks, { key: { id }, expect: { runState: 'running' }, set, isOptional: true })
}
