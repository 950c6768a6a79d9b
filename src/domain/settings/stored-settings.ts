import { eq } from 'drizzle-orm'
import { userSettings } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { keyValueRows } from '../core/commit/key-values.ts'
import type { Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'

/** Stored texts by key. */
export type StoredSettings = Readonly<Record<string, string>>

/** Reads the stored texts by key. */
export async function readStored(db: Reader, ownerId: string): Promise<StoredSettings> {
  const rows = await db
    .select({ key: userSettings.key, value: userSettings.value })
    .from(userSettings)
    .where(eq(userSettings.ownerId, ownerId))
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
