import { sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { preparedCommand } from '../../db/prepared.ts'
import type { Db, Reader, Tx } from '../../db/types.ts'
import { type Actor, toActorName } from './actor.ts'
import { type AuditChange, type Provenance, toStoredMeta } from './audit/audit-meta.ts'
import { isDeadlock } from './errors.ts'
import { entityOf, type NewEvent } from './events.ts'
import { createRedactor, type Redactor } from './redactor.ts'

/** The database as entry points hold it, to build contexts and to access the bot's own records. */
export type Store = Db

/** What a verb needs: who acts, whose board, the time, and the database. */
export interface Ctx {
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Redacts secrets in agents' text before it is stored. */
  readonly redactor: Redactor
  /** Reads only. Must not be used inside `mutate`: the embedded database has one connection and would deadlock. */
  readonly db: Reader
  /** The only way to write: rows, events and audit entries in one transaction. */
  readonly mutate: <T>(work: (tx: Tx) => Promise<Change<T>>) => Promise<T>
}

/** What was done and to what, for the audit log and for undo. Never holds a secret. */
export type AuditEntry = AuditChange & {
  readonly targetId: string | null
  /** Given if the caller must name the entry afterward, e.g. on an Undo button. */
  readonly id?: string
  /** Shared by everything that one verb changed. */
  readonly batch?: string
}

/** The outcome of a piece of work: the events and audit entries of its writes, or that it wrote nothing. */
export type Change<T> =
  | { readonly result: T; readonly unchanged: true }
  | {
      readonly result: T
      readonly events: readonly NewEvent[]
      readonly audit: readonly [AuditEntry, ...AuditEntry[]]
      /** Writes not awaited yet: the audit entries and the commit are sent right behind them. */
      readonly sent?: Promise<unknown>
    }

export interface CtxOptions {
  readonly db: Db
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Runs first in every transaction, e.g., to mark an update as handled. */
  readonly before?: (tx: Tx) => Promise<void>
  /** Runs after the work and before its audit entries, in the same transaction, e.g., to store the answer to a request. */
  readonly after?: (tx: Tx, result: unknown) => Promise<void>
  /** Reads the answer in the same transaction. It is sent with the writes, so it must send all of its statements at once. */
  readonly answer?: (tx: Tx, result: unknown) => Promise<unknown>
  /** Called after each committed change with the action of its first audit entry. */
  readonly onChange?: (action: string) => void
  /** Absent: a redactor that knows secrets by their form only. */
  readonly redactor?: Redactor
  /** Stored in every audit entry's meta: the ID of the update or request that caused the change. */
  readonly cause?: string
}

/** The channel that announces every committed event. */
export const outboxChannel = 'preqbot_outbox'

/** Builds the context for calling verbs. */
export function createCtx(options: CtxOptions): Ctx {
  const { db, ownerId, actor, now, before, after, answer, cause, onChange } = options
  const { redactor = createRedactor() } = options
  return {
    ownerId,
    actor,
    now,
    redactor,
    db,
    mutate: async (work) => {
      const transact = async () => {
        // Not awaited, so all of it and the commit take one round trip and the outbox is locked for none. If one statement
        // fails, Postgres turns the commit into a rollback.
        const sent: Promise<unknown>[] = []
        const send = (statements: Promise<unknown>) => {
          statements.catch(() => {})
          sent.push(statements)
        }
        const changing = db.transaction(async (tx) => {
          await before?.(tx)
          const change = await work(tx)
          if ('sent' in change && change.sent !== undefined) send(change.sent)
          await after?.(tx, change.result)
          if (answer !== undefined) send(answer(tx, change.result))
          if ('unchanged' in change) return change
          const entry = {
            by: toActorName(actor),
            ...(actor.kind === 'agent' ? { tokenId: actor.tokenId } : {}),
            ...(cause === undefined ? {} : { cause }),
          }
          send(appendRecords(tx, { ownerId, at: now(), events: change.events, audit: change.audit, entry }))
          return change
        })
        const change = await changing.catch(async (error) => {
          await Promise.all(sent)
          throw error
        })
        await Promise.all(sent)
        return change
      }
      const change = await transact().catch((error) => {
        if (isDeadlock(error)) return transact()
        throw error
      })
      if (!('unchanged' in change)) onChange?.(change.audit[0].action)
      return change.result
    },
  }
}

const { placeholder } = sql
const insertAudit = sql`
  insert into audit_logs (id, owner_id, action, target_type, target_id, meta, created_at)
  select id, ${placeholder('ownerId')}::uuid, action, target_type, target_id, meta, ${placeholder('at')}::timestamptz
  from jsonb_to_recordset(${placeholder('audit')}::text::jsonb) as entry
    (id uuid, action text, target_type text, target_id text, meta jsonb)`
const leaveAudit = preparedCommand(insertAudit)

// The rows that draw IDs are built from the lock's row, so no ID is drawn before the lock is held.
const leaveBoth = preparedCommand(sql`
  with trail as (${insertAudit}),
  turn as materialized (select pg_advisory_xact_lock(hashtextextended(${placeholder('lock')}, 0))),
  appended as (
    insert into events_outbox (owner_id, project_id, event_type, entity_type, entity_id, payload, created_at)
    select ${placeholder('ownerId')}::uuid, project_id, event_type, entity_type, entity_id, payload, ${placeholder('at')}::timestamptz
    from turn cross join jsonb_to_recordset(${placeholder('events')}::text::jsonb) as event
      (position int, project_id uuid, event_type text, entity_type text, entity_id text, payload jsonb)
    order by position
    returning id
  )
  select pg_notify(${sql.raw(`'${outboxChannel}'`)}, max(id)::text) from appended`)

// Token names aren't unique.
function tokenOf({ tokenId }: Pick<Provenance, 'tokenId'>) {
  return tokenId === undefined ? {} : { tokenId }
}

/**
 * Appends events and audit entries as the last statements of a transaction. Event IDs are cursors and must become
 * visible in order, so the owner's outbox is locked from before the IDs are drawn until the commit.
 */
async function appendRecords(
  tx: Tx,
  effect: {
    readonly ownerId: string
    readonly at: Date
    readonly events: readonly NewEvent[]
    readonly audit: readonly AuditEntry[]
    readonly entry: Omit<Provenance, 'batch'>
  },
): Promise<void> {
  const audit = effect.audit.map((entry) => ({
    id: entry.id ?? v7(),
    action: entry.action,
    target_type: entry.targetType,
    target_id: entry.targetId,
    meta: toStoredMeta(entry, { ...effect.entry, batch: entry.batch }),
  }))
  const events = effect.events.map((event, position) => ({
    position,
    project_id: event.projectId,
    event_type: event.type,
    entity_type: entityOf(event.type),
    entity_id: event.entityId,
    payload: { ...event.payload, actor: effect.entry.by, ...tokenOf(effect.entry) },
  }))
  const common = { ownerId: effect.ownerId, at: effect.at.toISOString(), audit: JSON.stringify(audit) }
  if (events.length === 0) await leaveAudit(tx, common)
  else await leaveBoth(tx, { ...common, events: JSON.stringify(events), lock: `outbox:${effect.ownerId}` })
}
