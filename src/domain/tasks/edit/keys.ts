import { sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import type { Tx } from '../../../db/types.ts'

const maxSlug = 50

/** Draws the next number of a key prefix. The row lock makes numbers consecutive; they never come back after a delete. */
export async function nextTaskNumber(tx: Tx, ownerId: string, prefix: string): Promise<number> {
  const [row] = await rows<{ last_number: number }>(
    tx,
    // A board that others write too may be ahead of our counter, so the highest number in use counts as given out.
    sql`insert into task_counters (owner_id, task_prefix, last_number)
        values (${ownerId}, ${prefix}, ${highestNumber(ownerId, prefix)} + 1)
        on conflict (owner_id, task_prefix)
        do update set last_number = greatest(task_counters.last_number, ${highestNumber(ownerId, prefix)}) + 1
        returning last_number`,
  )
  if (row === undefined) throw new Error(`no number for ${prefix}`)
  return row.last_number
}

const highestNumber = (ownerId: string, prefix: string) =>
  sql`coalesce((select max(task_number) from tasks where owner_id = ${ownerId} and task_prefix = ${prefix}), 0)`

/** The branch an agent works on unless told otherwise: `task/<key>/<slug>`, always a valid git ref. */
export function branchFor(taskKey: string, slug: string): string {
  return `task/${taskKey.toLowerCase()}${slug === '' ? '' : `/${slug}`}`
}

/** A title in lower-case ASCII words joined by `-`, at most 50 characters; empty where nothing of it is left. */
export async function slugOf(title: string): Promise<string> {
  return (await toAscii(title))
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxSlug)
    .replace(/-+$/, '')
}

// The tables of every script take 14 MB and 60 ms to load, so only a title that needs them does.
async function toAscii(title: string): Promise<string> {
  if (/^[\x20-\x7e]*$/.test(title)) return title
  const { transliterate } = await import('transliteration')
  return transliterate(title)
}
