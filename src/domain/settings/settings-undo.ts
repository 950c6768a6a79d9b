import type { Tx } from '../../db/types.ts'
import type { AuditRecordOf } from '../core/audit/audit-record.ts'
import { requireUntouched } from '../core/audit/require-untouched.ts'
import type { Change, Ctx } from '../core/context.ts'
import { decodeSetting, type SettingSpec, settingSpecs } from './setting-specs.ts'
import { applySettings, isSetting, parseSettings } from './settings.ts'
import { lockSettings, readStored } from './stored-settings.ts'

/** Undoes a change of settings. Throws `conflict` if one of them has changed since. Part of `undoChange`. */
export async function undoSettingsChange(
  ctx: Ctx,
  tx: Tx,
  entry: AuditRecordOf<'setting.change' | 'setting.remember'>,
): Promise<Change<unknown>> {
  const { before = {}, after = {} } = entry.meta
  await lockSettings(tx, ctx.ownerId)
  const stored = await readStored(tx, ctx.ownerId)
  const current = Object.keys(after)
    .filter(isSetting)
    .map((name) => {
      const spec: SettingSpec<unknown, unknown> = settingSpecs[name]
      return [name, decodeSetting(spec, stored[spec.key])]
    })
  requireUntouched('The setting', Object.fromEntries(current), after)
  return applySettings(ctx, tx, parseSettings(before))
}
