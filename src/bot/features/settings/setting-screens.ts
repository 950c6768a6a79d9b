import type { SettingsPatch } from '../../../domain/settings/setting-specs.ts'
import { changeSettings, readOwnerSettings } from '../../../domain/settings/settings.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { settingsPartCard } from '../../../view/settings/setting-parts.ts'
import { type SettingsFacts, type SettingsPart, settingsCard } from '../../../view/settings/settings.ts'
import { type BotContext, scopeOf } from '../../kit/context.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { machineZone } from '../../kit/zones.ts'

/** Shows all settings. */
export async function showSettings(ctx: BotContext): Promise<void> {
  await showScreen(ctx, settingsCard(await readFacts(ctx)))
}

/** Shows one part of the settings. A reply to the time zone screen sets the time zone. */
export async function showPart(ctx: BotContext, part: SettingsPart, undo?: string | null): Promise<void> {
  const about =
    part === 'zone' ? ({ purpose: 'prompt', topic: { kind: 'prompt', ask: 'time-zone' } } as const) : {}
  await showScreen(ctx, settingsPartCard(part, await readFacts(ctx), undo), about)
}

/** Changes settings and shows their screen, or explains why the change was refused. */
export async function changeSetting(
  ctx: BotContext,
  part: SettingsPart,
  patch: SettingsPatch,
): Promise<void> {
  const changed = await orRefusal(ctx, () => changeSettings(ctx.board, patch))
  if (changed !== null) await toast(ctx, changed.auditId === null ? toasts.unchanged : 'Saved.')
  await showPart(ctx, part, changed?.auditId)
}

async function readFacts(ctx: BotContext): Promise<SettingsFacts> {
  return {
    settings: await readOwnerSettings(scopeOf(ctx)),
    projects: await ctx.projects(),
    now: ctx.board.now(),
    language: ctx.from?.language_code,
    machineZone: machineZone(),
  }
}
