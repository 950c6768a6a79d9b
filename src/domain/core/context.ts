import { sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { preparedCommand } from '../../db/prepared.ts'
import type { Db, Reader, Tx } from '../../db/types.ts'
import { type Actor, toActorName } from './actor.ts'
import { type AuditChange, type Provenance, toStoredMeta } from './audit-meta.ts'
import { isDeadlock } from './errors.ts'
import { entityOf, type NewEvent } from './events.ts'
import { createRedactor, type Redactor } from './redactor.ts'

/** The database as the doors hold it: something to build contexts with and to hand to the bot's own records. */
export type Store = Db

/** What a verb knows of the world: who acts, for whom, when, and the database. */
export interface Ctx {
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Takes secrets out of what agents say before it is stored. */
  readonly redactor: Redactor
  /** Reads only. Never used inside `mutate`: an embedded database has one connection and would wait for itself. */
  readonly db: Reader
  /** The one way to write: rows, their events and their audit entries in one transaction, or nothing. */
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

/** What a piece of work did: the trace of its writes, or that there were none. */
export type Change<T> =
  | { readonly result: T; readonly unchanged: true }
  | {
      readonly result: T
      readonly events: readonly NewEvent[]
      readonly audit: readonly [AuditEntry, ...AuditEntry[]]
      /** Writes that nobody waited for: the trace and the commit go out right behind them. */
      readonly sent?: Promise<unknown>
    }

export interface CtxOptions {
  readonly db: Db
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Runs first in every transaction, as the mark that an update has had its effect. */
  readonly before?: (tx: Tx) => Promise<void>
  /** Runs after the work and before its trace, in the same transaction: as the record of the answer to a request. */
  readonly after?: (tx: Tx, result: unknown) => Promise<void>
  /** Reads what is answered, in the same transaction; goes out with the writes, so it must send all of its statements at once. */
  readonly answer?: (tx: Tx, result: unknown) => Promise<unknown>
  /** Told of each change that was committed, by the action of its first audit entry. */
  readonly onChange?: (action: string) => void
  /** Absent: one that knows what secrets look like, and none by heart. */
  readonly redactor?: Redactor
  /** Stands in the meta of every audit entry, as the id of the update or request that caused it. */
  readonly cause?: string
}

/** The channel on which every committed event is announced. */
export const outboxChannel = 'preqbot_outbox'

/** Builds the context with which verbs are called. */
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
        // Not awaited, so that all of it and the commit are one round trip and the outbox stays locked for none. Where one of them
        // fails, Postgres makes of that commit a rollback.
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

// The rows that draw the ids are made from that of the lock, so no id is drawn before it is held.
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

// Names of tokens may repeat.
function tokenOf({ tokenId }: Pick<Provenance, 'tokenId'>) {
  return tokenId === undefined ? {} : { tokenId }
}

/**
 * Appends events and audit entries as the last statements of a transaction. Event ids are cursors and must become
 * visible in order, so the owner's outbox is locked before the ids are drawn and until the commit.
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
