import { eq, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { preparedRead } from '../../db/prepared.ts'
import { userSettings } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { keyValueRows } from '../core/commit/key-values.ts'
import type { Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'

/** Stored texts by key. */
export type StoredSettings = Readonly<Record<string, string>>

/** Selects an owner's stored texts by key, as a column of another query. */
export const storedSettingsOf = (ownerId: AnyPgColumn) => sql<StoredSettings>`(
  select coalesce(jsonb_object_agg(${userSettings.key}, ${userSettings.value}), '{}'::jsonb)
  from ${userSettings} where ${userSettings.ownerId} = ${ownerId})`

const readRows = preparedRead((db) =>
  db
    .select({ key: userSettings.key, value: userSettings.value })
    .from(userSettings)
    .where(eq(userSettings.ownerId, sql.placeholder('ownerId'))),
)

/** Reads the stored texts by key. */
export async function readStored(db: Reader, ownerId: string): Promise<StoredSettings> {
  const rows = await readRows(db, { ownerId })
  return Object.fromEntries(rows.map((row) => [row.key, row.value]))
}

/** Stores texts by key; null deletes. `before` is what `readStored` returned. */
export function storedSettingRows(
  { ownerId, now }: Ctx,
  before: StoredSettings,
  after: Readonly<Record<string, string | null>>,
): Write[] {
  return keyValueRows(userSettings, { of: { ownerId }, before, after, now: now() })
}
