import type { Reader } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import type { Change } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { decodeSetting, type SettingSpec, settingSpecs } from './setting-specs.ts'
import { decideSettings, isSetting, parseSettings } from './settings.ts'
import { readStored } from './stored-settings.ts'

/** Undoes a change of settings. Throws `conflict` if one of them has changed since. Part of `undoChange`. */
export async function undoSettingsChange(
  ctx: Ctx,
  db: Reader,
  entry: AuditRecordOf<'setting.change' | 'setting.remember'>,
): Promise<Change<unknown>> {
  const { before = {}, after = {} } = entry.meta
  const stored = await readStored(db, ctx.ownerId)
  const current = Object.keys(after)
    .filter(isSetting)
    .map((name) => {
      const spec: SettingSpec<unknown, unknown> = settingSpecs[name]
      return [name, decodeSetting(spec, stored[spec.key])]
    })
  requireUntouched('The setting', Object.fromEntries(current), after)
  return decideSettings(ctx, db, parseSettings(before))
}
