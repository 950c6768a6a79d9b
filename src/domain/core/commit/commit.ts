import { v7 } from 'uuid'
import { codesOf } from '../../../db/error-codes.ts'
import { queryRows } from '../../../db/rows.ts'
import { auditLogs } from '../../../db/schema.ts'
import type { Db, Reader } from '../../../db/types.ts'
import { type Actor, toActorName } from '../actor.ts'
import { type AuditChange, type Provenance, toStoredMeta } from '../audit/audit-meta.ts'
import { entityOf, type NewEvent } from '../events.ts'
import { errorOf, toLocks, toStatement } from './statement.ts'
import { insert, type Write } from './writes.ts'

/** What was done and to what, for the audit log and for undo. Never holds a secret. */
export type AuditEntry = AuditChange & {
  readonly targetId: string | null
  /** Given if the caller must name the entry afterward, e.g. on an Undo button. */
  readonly id?: string
  /** Shared by everything that one verb changed. */
  readonly batch?: string
}

/** What a verb decided: the rows to write with their events and audit entries, or that nothing changes. */
export type Change<T> = Unchanged<T> | Recorded<T>

/** Nothing on the board changes. `rows` are records without an audit entry of their own, e.g. security events. */
export interface Unchanged<T> {
  readonly result: T
  readonly unchanged: true
  readonly rows?: readonly Write[]
}

/** Rows with the events and audit entries that record them. */
export interface Recorded<T> {
  readonly result: T
  readonly rows: readonly Write[]
  readonly events: readonly NewEvent[]
  readonly audit: readonly [AuditEntry, ...AuditEntry[]]
  /** Wakes the notifier even without an event. */
  readonly notifies?: boolean
}

/** Joins changes that are written together. */
export function joinRecorded(changes: readonly Recorded<unknown>[]): Omit<Recorded<unknown>, 'result'> {
  const [first, ...others] = changes.flatMap(({ audit }) => audit)
  if (first === undefined) throw new Error('nothing to join')
  return {
    rows: changes.flatMap(({ rows }) => rows),
    events: changes.flatMap(({ events }) => events),
    audit: [first, ...others],
  }
}

/** A change with the next number of a key prefix, which only the statement knows. */
export interface NumberedChange<T> {
  readonly prefix: string
  /** Pure: called with a stand-in for the statement, and with the drawn number for the result. */
  readonly withNumber: (number: number) => Recorded<T>
}

/** Reads without locks what the decision needs, and decides. Called again if something changed in the meantime. */
export type Decide<T> = (db: Reader) => Promise<Change<T> | NumberedChange<T>>

/** Runs a verb: reads, decides, and writes all of it in one statement. */
export type Commit = <T>(decide: Decide<T>) => Promise<T>

export interface CommitOptions {
  readonly db: Db
  readonly ownerId: string
  readonly actor: Actor
  readonly now: () => Date
  /** Returns rows to write together with a change, e.g. the answer to its request. A throw cancels the change. */
  readonly extras?: (result: unknown) => Promise<readonly Write[]>
  /** Called after each commit with the action of its first audit entry; null if nothing on the board changed. */
  readonly onCommit?: (action: string | null) => void
  /** Stored in every audit entry's meta: the ID of the update or request that caused the change. */
  readonly cause?: string
}

// The third attempt locks its rows, so it fails only if the decision moves on to other rows each time.
const lockFromAttempt = 3
const maxAttempts = 20

/**
 * Builds the function that every change of the board goes through. If a row isn't as the decision saw it, nothing is written, and the
 * verb reads and decides again: twice without locks, then in a transaction that first locks the rows that had changed.
 */
export function createCommit(options: CommitOptions): Commit {
  const { db, onCommit } = options
  return async <T>(decide: Decide<T>) => {
    for (let attempt = 1, contended: readonly Write[] = []; ; attempt += 1) {
      let writes: readonly Write[] = []
      const run = async (on: Db) => {
        const prepared = await prepare(options, await decide(on))
        writes = prepared.writes
        return prepared.commit(on)
      }
      try {
        const { result, action } =
          attempt < lockFromAttempt
            ? await run(db)
            : await db.transaction(async (tx) => {
                for (const lock of toLocks(contended)) await queryRows(tx, lock)
                return run(tx)
              })
        onCommit?.(action)
        return result
      } catch (error) {
        const refused = errorOfGuard(error, writes)
        if (refused !== undefined) throw refused
        if (!isOutdated(error) || attempt === maxAttempts) throw error
        contended = writes
      }
    }
  }
}

interface Prepared<T> {
  readonly writes: readonly Write[]
  readonly commit: (db: Db) => Promise<{ readonly result: T; readonly action: string | null }>
}

async function prepare<T>(
  options: CommitOptions,
  decided: Change<T> | NumberedChange<T>,
): Promise<Prepared<T>> {
  const { ownerId, extras = async () => [] } = options
  const at = options.now()
  const draws =
    'prefix' in decided ? { prefix: decided.prefix, standIn: standInFor(decided, options.cause) } : null
  const change = 'prefix' in decided ? decided.withNumber(draws?.standIn ?? 0) : decided
  const provenance = provenanceOf(options)
  const isUnchanged = 'unchanged' in change
  const audit = isUnchanged
    ? []
    : change.audit.map((entry) => toAuditWrite(entry, { ownerId, at, provenance }))
  const writes = [...(change.rows ?? []), ...audit, ...(await extras(change.result))]
  const events = isUnchanged
    ? []
    : change.events.map((event, position) => toOutboxRow(event, position, provenance))
  const notifies = !isUnchanged && change.notifies === true
  const action = isUnchanged ? null : change.audit[0].action
  return {
    writes,
    commit: async (db) => {
      if (writes.length === 0 && events.length === 0) return { result: change.result, action }
      const statement = toStatement({ ownerId, at, writes, events, draws, notifies })
      const [row] = await queryRows<{ number: number | null }>(db, statement)
      const result = 'prefix' in decided ? decided.withNumber(row?.number ?? 0).result : change.result
      return { result, action }
    },
  }
}

function provenanceOf({ actor, cause }: CommitOptions): Omit<Provenance, 'batch'> {
  return {
    by: toActorName(actor),
    ...(actor.kind === 'agent' ? { tokenId: actor.tokenId } : {}),
    ...(cause === undefined ? {} : { cause }),
  }
}

function toAuditWrite(
  entry: AuditEntry,
  { ownerId, at, provenance }: { ownerId: string; at: Date; provenance: Omit<Provenance, 'batch'> },
): Write {
  return insert(auditLogs, {
    id: entry.id ?? v7(),
    ownerId,
    action: entry.action,
    targetType: entry.targetType,
    targetId: entry.targetId,
    meta: toStoredMeta(entry, { ...provenance, batch: entry.batch }),
    createdAt: at,
  })
}

// Token names aren't unique, so the payload has the ID too.
function toOutboxRow(event: NewEvent, position: number, { by, tokenId }: Omit<Provenance, 'batch'>) {
  return {
    position,
    project_id: event.projectId,
    event_type: event.type,
    entity_type: entityOf(event.type),
    entity_id: event.entityId,
    payload: { ...event.payload, actor: by, ...(tokenId === undefined ? {} : { tokenId }) },
  }
}

/** Finds a number that occurs nowhere else in the change, so the statement can replace it. */
function standInFor<T>({ withNumber }: NumberedChange<T>, cause = ''): number {
  // Tables refer to themselves. The cause contains the ID of the update, which is marked by the same statement.
  const content = cause + JSON.stringify(withNumber(0), (key, value) => (key === 'table' ? null : value))
  for (let number = 1_900_000_000; ; number += 1) if (!content.includes(String(number))) return number
}

// Raised by the statement: a row isn't as the decision saw it.
const guardFailed = 'PQ001'
// A unique key was taken, a referenced row was deleted, or two changes waited for each other.
const raced = ['23505', '23503', '40P01', '40001']

function isOutdated(error: unknown): boolean {
  return codesOf(error).some((code) => code === guardFailed || raced.includes(code))
}

/** Returns the error that the failed write asks for instead of another attempt. */
function errorOfGuard(error: unknown, writes: readonly Write[]): Error | undefined {
  if (!codesOf(error).includes(guardFailed)) return undefined
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const index = /^write (\d+) changed/.exec(cause.message)?.[1]
    if (index !== undefined) return errorOf(writes, Number(index))
  }
  return undefined
}
