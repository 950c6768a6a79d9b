import { and, asc, desc, eq, gte, lte, max, ne, type SQL, sql } from 'drizzle-orm'
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'
import { prepared, preparedCommand } from '../../../db/prepared.ts'
import { tasks } from '../../../db/schema.ts'
import type { Tx } from '../../../db/types.ts'
import type { TaskStatus } from '../../core/task-values.ts'

// The column is varchar(64). Above 50 the lane is rebalanced, so one more insertion always fits.
const maxKeyLength = 50

/** A lane: one owner's cards with one status. */
export interface Lane {
  readonly ownerId: string
  readonly status: TaskStatus
}

export type Place =
  | { readonly at: 'end' }
  | { readonly at: 'start' }
  | { readonly after: string }
  | { readonly before: string }

/** A card that is being placed. Its current position is ignored. */
export interface Moving {
  readonly id: string
  readonly sortOrder: string
}

/**
 * Returns the sort key for a card at a place of a lane; `after` and `before` name another card by UUID. If that card is gone, the end
 * is used. A card that is already there keeps its key. The caller holds the lanes (`lockLanes`).
 */
export async function keyFor(
  tx: Tx,
  lane: Lane,
  place: Place,
  moving: Moving | null = null,
): Promise<string> {
  if (moving !== null && anchorOf(place) === moving.id) return moving.sortOrder
  const gap = await gapAt(tx, lane, place, moving)
  if (moving !== null && liesIn(gap, moving.sortOrder)) return moving.sortOrder
  const key = keyBetween(gap)
  if (key !== null) return key
  await rebalance(tx, lane)
  const spread = keyBetween(await gapAt(tx, lane, place, moving))
  if (spread === null) throw new Error(`no room in lane ${lane.status}`)
  return spread
}

const lanesName = sql`hashtextextended(${sql.placeholder('name')}, 0)`
const lock = preparedCommand(sql`select pg_advisory_xact_lock(${lanesName})`)
const lockShared = preparedCommand(sql`select pg_advisory_xact_lock_shared(${lanesName})`)

/**
 * Locks the owner's lanes until the transaction ends, so no two cards get the same key. Taken before any task's lock:
 * a rebalance waits for tasks while it holds the lanes.
 */
export async function lockLanes(tx: Tx, ownerId: string): Promise<void> {
  await lock(tx, { name: `lanes:${ownerId}` })
}

/** Like `lockLanes`, shared: several transactions can append cards (`endKey`) at the same time. */
export async function lockLanesForEnd(tx: Tx, ownerId: string): Promise<void> {
  await lockShared(tx, { name: `lanes:${ownerId}` })
}

// An aggregate, because for a parameterized `limit` Postgres expects a tenth of the lane and replans each call.
const lastKey = prepared((db) =>
  db
    .select({ key: max(tasks.sortOrder) })
    .from(tasks)
    .where(and(eq(tasks.ownerId, sql.placeholder('ownerId')), eq(tasks.status, sql.placeholder('status')))),
)

/** Reads the last sort key of a lane for `endKey`. The caller holds the lanes. */
export async function readLastKey(tx: Tx, lane: Lane): Promise<string | null> {
  const [last] = await lastKey(tx, { ...lane })
  return last?.key ?? null
}

/**
 * Returns the sort key for the end of a lane. It ends with digits of the card's ID, so concurrent cards get
 * different keys without waiting for each other: with an exclusive lock, 190 of the floor's 510 changes a second were possible.
 */
export async function endKey(tx: Tx, lane: Lane, taskId: string, last?: string | null): Promise<string> {
  const end = keyBetween({ above: last === undefined ? await readLastKey(tx, lane) : last, below: null })
  if (end !== null) return end + ownDigits(taskId)
  // Another writer's keys don't fit: the lane is rebalanced, which needs the exclusive lock.
  await lockLanes(tx, lane.ownerId)
  return keyFor(tx, lane, { at: 'end' })
}

// A fraction never ends with 0.
function ownDigits(id: string): string {
  return `${parseInt(id.slice(-6), 16).toString(36).padStart(5, '0')}V`
}

function anchorOf(place: Place): string | null {
  if ('at' in place) return null
  return 'before' in place ? place.before : place.after
}

/** The keys around a card's new position; null is an end of the lane. */
interface Gap {
  readonly above: string | null
  readonly below: string | null
}

function liesIn(gap: Gap, key: string): boolean {
  return (gap.above === null || gap.above < key) && (gap.below === null || key < gap.below)
}

// Returns null if the key would be too long, or if another writer's keys are equal or invalid.
function keyBetween(gap: Gap): string | null {
  try {
    const key = generateKeyBetween(gap.above, gap.below)
    return key.length <= maxKeyLength ? key : null
  } catch {
    return null
  }
}

async function gapAt(tx: Tx, lane: Lane, place: Place, moving: Moving | null): Promise<Gap> {
  const others = and(inLane(lane), moving === null ? undefined : ne(tasks.id, moving.id))
  if ('at' in place) {
    return place.at === 'start'
      ? { above: null, below: await edgeKey(tx, others, asc(tasks.sortOrder)) }
      : { above: await edgeKey(tx, others, desc(tasks.sortOrder)), below: null }
  }
  const anchorId = 'before' in place ? place.before : place.after
  const [anchor] = await tx
    .select({ key: tasks.sortOrder })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.id, anchorId)))
  if (anchor === undefined) return gapAt(tx, lane, { at: 'end' }, moving)
  const rest = and(others, ne(tasks.id, anchorId))
  return 'before' in place
    ? {
        above: await edgeKey(tx, and(rest, lte(tasks.sortOrder, anchor.key)), desc(tasks.sortOrder)),
        below: anchor.key,
      }
    : {
        above: anchor.key,
        below: await edgeKey(tx, and(rest, gte(tasks.sortOrder, anchor.key)), asc(tasks.sortOrder)),
      }
}

async function edgeKey(tx: Tx, among: SQL | undefined, order: SQL): Promise<string | null> {
  const [row] = await tx.select({ key: tasks.sortOrder }).from(tasks).where(among).orderBy(order).limit(1)
  return row?.key ?? null
}

/** Gives every card of a lane a short key again, in the current order. */
async function rebalance(tx: Tx, lane: Lane): Promise<void> {
  const cards = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(inLane(lane))
    .orderBy(asc(tasks.sortOrder), asc(tasks.dueAt), desc(tasks.createdAt), asc(tasks.id))
  const keys = generateNKeysBetween(null, null, cards.length)
  const pairs = cards.map((card, index) => ({ id: card.id, key: keys[index] }))
  await tx.execute(sql`
    update tasks set sort_order = spread.key
    from jsonb_to_recordset(${JSON.stringify(pairs)}::text::jsonb) as spread (id uuid, key varchar)
    where tasks.id = spread.id`)
}

/** Finds the other card of the lane with this key; null if the key is free. */
export async function holderOf(tx: Tx, lane: Lane, key: string, except: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.sortOrder, key), ne(tasks.id, except)))
    .limit(1)
  return row?.id ?? null
}

function inLane(lane: Lane) {
  return and(eq(tasks.ownerId, lane.ownerId), eq(tasks.status, lane.status))
}
