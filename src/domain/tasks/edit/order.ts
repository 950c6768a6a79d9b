import { and, asc, desc, eq, gte, lte, ne, type SQL } from 'drizzle-orm'
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'
import { tasks } from '../../../db/schema.ts'
import type { Reader } from '../../../db/types.ts'
import { update, versionOf, type Write } from '../../core/commit/writes.ts'
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

/** A card's new sort key, with new keys for the whole lane if there was no room. */
export interface Placed {
  readonly sortOrder: string
  readonly rows: readonly Write[]
}

/**
 * Returns the sort key for a card at a place of a lane; `after` and `before` name another card by UUID. If that card is gone, the end
 * is used. A card that is already there keeps its key. Keys end with digits of the card's ID, so cards that are placed at the same
 * time get different ones without waiting for each other.
 */
export async function keyAt(db: Reader, lane: Lane, place: Place, moving: Moving): Promise<Placed> {
  if (anchorOf(place) === moving.id) return { sortOrder: moving.sortOrder, rows: [] }
  const gap = await gapAt(db, lane, place, moving)
  if (liesIn(gap, moving.sortOrder)) return { sortOrder: moving.sortOrder, rows: [] }
  const sortOrder = ownKeyIn(gap, moving.id)
  if (sortOrder !== null) return { sortOrder, rows: [] }
  const { cards, keys, rows } = await rebalance(db, lane, moving.id)
  const index = positionOf(place, cards)
  const fresh = ownKeyIn({ above: keys[index - 1] ?? null, below: keys[index] ?? null }, moving.id)
  if (fresh === null) throw new Error(`no room in lane ${lane.status}`)
  return { sortOrder: fresh, rows }
}

/** Returns a card's sort key after a lane's last key; null if there is no room, or if another writer's keys don't fit. */
export function keyAtEnd(last: string | null, taskId: string): string | null {
  return ownKeyIn({ above: last, below: null }, taskId)
}

/** Returns a lane's last key, behind which there is room, with new keys for the lane if there was none. */
export async function makeRoomAtEnd(
  db: Reader,
  lane: Lane,
  last: string | null,
  taskId: string,
): Promise<{ readonly last: string | null; readonly rows: readonly Write[] }> {
  if (keyAtEnd(last, taskId) !== null) return { last, rows: [] }
  const { keys, rows } = await rebalance(db, lane, taskId)
  return { last: keys.at(-1) ?? null, rows }
}

function ownKeyIn(gap: Gap, id: string): string | null {
  let above = gap.above
  // The digits may lead beyond the lower card if its key begins like the new one; a key closer to it does not.
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const key = keyBetween({ above, below: gap.below })
    if (key === null) return null
    const own = key + ownDigits(id)
    if (gap.below === null || own < gap.below) return own
    above = key
  }
  return null
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

async function gapAt(db: Reader, lane: Lane, place: Place, moving: Moving): Promise<Gap> {
  const others = and(inLane(lane), ne(tasks.id, moving.id))
  if ('at' in place) {
    return place.at === 'start'
      ? { above: null, below: await edgeKey(db, others, asc(tasks.sortOrder)) }
      : { above: await edgeKey(db, others, desc(tasks.sortOrder)), below: null }
  }
  const anchorId = 'before' in place ? place.before : place.after
  const [anchor] = await db
    .select({ key: tasks.sortOrder })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.id, anchorId)))
  if (anchor === undefined) return gapAt(db, lane, { at: 'end' }, moving)
  const rest = and(others, ne(tasks.id, anchorId))
  return 'before' in place
    ? {
        above: await edgeKey(db, and(rest, lte(tasks.sortOrder, anchor.key)), desc(tasks.sortOrder)),
        below: anchor.key,
      }
    : {
        above: anchor.key,
        below: await edgeKey(db, and(rest, gte(tasks.sortOrder, anchor.key)), asc(tasks.sortOrder)),
      }
}

async function edgeKey(db: Reader, among: SQL | undefined, order: SQL): Promise<string | null> {
  const [row] = await db.select({ key: tasks.sortOrder }).from(tasks).where(among).orderBy(order).limit(1)
  return row?.key ?? null
}

/** Gives every card of a lane but one a short key again, in the current order. */
async function rebalance(db: Reader, lane: Lane, exceptId: string) {
  const cards = await db
    .select({ id: tasks.id, version: versionOf(tasks) })
    .from(tasks)
    .where(and(inLane(lane), ne(tasks.id, exceptId)))
    .orderBy(asc(tasks.sortOrder), asc(tasks.dueAt), desc(tasks.createdAt), asc(tasks.id))
  const keys = generateNKeysBetween(null, null, cards.length)
  const rows = cards.map(({ id, version }, index) =>
    update(tasks, { key: { id }, version, set: { sortOrder: keys[index] ?? '' } }),
  )
  return { cards, keys, rows }
}

function positionOf(place: Place, cards: readonly { readonly id: string }[]): number {
  if ('at' in place) return place.at === 'start' ? 0 : cards.length
  const anchor = cards.findIndex(({ id }) => id === anchorOf(place))
  if (anchor === -1) return cards.length
  return 'before' in place ? anchor : anchor + 1
}

/** Finds the other card of the lane with this key; null if the key is free. */
export async function holderOf(db: Reader, lane: Lane, key: string, except: string): Promise<string | null> {
  const [row] = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(inLane(lane), eq(tasks.sortOrder, key), ne(tasks.id, except)))
    .limit(1)
  return row?.id ?? null
}

function inLane(lane: Lane) {
  return and(eq(tasks.ownerId, lane.ownerId), eq(tasks.status, lane.status))
}
