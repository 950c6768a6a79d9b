import { and, asc, desc, eq, gt, lt, ne, sql } from 'drizzle-orm'
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'
import { tasks } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { TaskStatus } from './task.ts'

// varchar(64) holds the key; past 50 the lane is spread anew so that one more insertion always fits.
const longestKey = 50

/** A lane is one owner's cards of one status. */
export interface Lane {
  readonly ownerId: string
  readonly status: TaskStatus
}

export type Place =
  | { readonly at: 'end' }
  | { readonly at: 'start' }
  | { readonly after: string }
  | { readonly before: string }

/**
 * The sort key for a card that enters a lane or moves inside it; `after` and `before` name another card by uuid.
 * Holds the owner's lanes until the transaction ends, so that no two cards get one key.
 */
export async function keyFor(
  tx: Tx,
  lane: Lane,
  place: Place,
  moving: string | null = null,
): Promise<string> {
  await lockLanes(tx, lane.ownerId)
  const key = await keyAt(tx, lane, place, moving)
  if (key.length <= longestKey) return key
  await rebalance(tx, lane)
  return keyAt(tx, lane, place, moving)
}

/** Holds the owner's lanes until the transaction ends: whoever reads a sort key to use it holds them first. */
export async function lockLanes(tx: Tx, ownerId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`lanes:${ownerId}`}, 0))`)
}

async function keyAt(tx: Tx, lane: Lane, place: Place, moving: string | null): Promise<string> {
  if ('at' in place) {
    const edge = await neighbour(tx, lane, { from: null, upwards: place.at === 'start', moving })
    return place.at === 'start' ? generateKeyBetween(null, edge) : generateKeyBetween(edge, null)
  }
  const upwards = 'before' in place
  const anchorId = upwards ? place.before : place.after
  const [anchor] = await tx
    .select({ key: tasks.sortOrder })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.id, anchorId)))
  if (anchor === undefined) return keyAt(tx, lane, { at: 'end' }, moving)
  const other = await neighbour(tx, lane, { from: anchor.key, upwards: !upwards, moving })
  return upwards ? generateKeyBetween(other, anchor.key) : generateKeyBetween(anchor.key, other)
}

// The first key beyond `from`: downwards the next larger (or the first of all), upwards the next smaller (or the last).
async function neighbour(
  tx: Tx,
  lane: Lane,
  look: { readonly from: string | null; readonly upwards: boolean; readonly moving: string | null },
): Promise<string | null> {
  const beyond =
    look.from === null
      ? undefined
      : look.upwards
        ? gt(tasks.sortOrder, look.from)
        : lt(tasks.sortOrder, look.from)
  const [row] = await tx
    .select({ key: tasks.sortOrder })
    .from(tasks)
    .where(and(inLane(lane), beyond, look.moving === null ? undefined : ne(tasks.id, look.moving)))
    .orderBy(look.upwards ? asc(tasks.sortOrder) : desc(tasks.sortOrder))
    .limit(1)
  return row?.key ?? null
}

/** Gives every card of a lane a short key again, in the order in which they lie. */
async function rebalance(tx: Tx, lane: Lane): Promise<void> {
  const cards = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(inLane(lane))
    .orderBy(asc(tasks.sortOrder), asc(tasks.createdAt), asc(tasks.id))
  const keys = generateNKeysBetween(null, null, cards.length)
  const pairs = cards.map((card, index) => ({ id: card.id, key: keys[index] }))
  await tx.execute(sql`
    update tasks set sort_order = spread.key
    from jsonb_to_recordset(${JSON.stringify(pairs)}::text::jsonb) as spread (id uuid, key varchar)
    where tasks.id = spread.id`)
}

/** Whether another card of the lane has this key already. */
export async function isKeyTaken(tx: Tx, lane: Lane, key: string, except: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.sortOrder, key), ne(tasks.id, except)))
    .limit(1)
  return row !== undefined
}

function inLane(lane: Lane) {
  return and(eq(tasks.ownerId, lane.ownerId), eq(tasks.status, lane.status))
}
