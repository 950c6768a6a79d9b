import type { projectSettings, userSettings } from '../../../db/schema.ts'
import type { Write } from './writes.ts'

type Table = typeof userSettings | typeof projectSettings

/** Stores texts by key; null deletes. Each row is guarded by its text as it was read. */
export function keyValueRows<T extends Table>(
  table: T,
  change: {
    /** Whose texts: the columns that, with the key, find a row. */
    readonly of: Omit<T['$inferInsert'], 'id' | 'key' | 'value' | 'createdAt' | 'updatedAt'>
    readonly before: Readonly<Record<string, string>>
    readonly after: Readonly<Record<string, string | null>>
    readonly now: Date
  },
): Write[] {
  const { of, before, after, now } = change
  return Object.entries(after).flatMap(([key, value]): Write[] => {
    const old = before[key]
    if (old === value) return []
    if (old === undefined) {
      if (value === null) return []
      const row = { ...of, key, value, createdAt: now, updatedAt: now }
      return [{ kind: 'insert', table, row }]
    }
    const found = { table, key: { ...of, key }, expect: { value: old }, isOptional: false }
    return value === null
      ? [{ kind: 'remove', ...found }]
      : [{ kind: 'update', ...found, set: { value, updatedAt: now } }]
  })
}
