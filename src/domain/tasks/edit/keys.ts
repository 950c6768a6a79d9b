import { sql } from 'drizzle-orm'
import { rows } from '../../../db/rows.ts'
import type { Tx } from '../../../db/types.ts'

const maxSlug = 50

/** Draws the next number of a key prefix. The row lock makes numbers consecutive; they are never reused. */
export async function nextTaskNumber(tx: Tx, ownerId: string, prefix: string): Promise<number> {
  const [row] = await rows<{ last_number: number }>(
    tx,
    // Other writers may be ahead of our counter, so the highest number in use counts as assigned.
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

/** Returns the default branch of a task: `task/<key>/<slug>`, always a valid git ref. */
export function branchFor(taskKey: string, slug: string): string {
  return `task/${taskKey.toLowerCase()}${slug === '' ? '' : `/${slug}`}`
}

/** Returns a title as lower-case ASCII words joined by `-`, at most 50 characters; may be empty. */
export async function slugOf(title: string): Promise<string> {
  return (await toAscii(title))
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxSlug)
    .replace(/-+$/, '')
}

// The transliteration tables take 14 MB and 60 ms to load, so only a title that needs them loads them.
async function toAscii(title: string): Promise<string> {
  if (/^[\x20-\x7e]*$/.test(title)) return title
  const { transliterate } = await import('transliteration')
  return transliterate(title)
}
