import type { SettingsPatch } from '../../../domain/settings/setting-specs.ts'
import { changeSettings } from '../../../domain/settings/settings.ts'
import { toTimeOfDay, toTimeWindow } from '../../../domain/time/time-of-day.ts'
import { resolveTimeZone } from '../../../domain/time/time-zone.ts'
import type { PromptKind } from '../../../telegram/store/messages/reply-topic.ts'
import { type Feature, onAnswer } from '../../kit/feature.ts'
import { closePrompt, orCleared } from '../../kit/prompts.ts'
import { orRefusal, refuse } from '../../kit/refusals.ts'
import { zoneOfLocation } from '../../kit/zones.ts'
import { changeSetting, showPart } from './setting-screens.ts'

/** Handles the answers to the prompts of the settings. */
export function answerSettingPrompts(feature: Feature): void {
  onAnswer(feature, 'time-zone', async (ctx, answer) => {
    const { plain } = answer.written
    const shared = ctx.message === undefined ? null : await zoneOfLocation(ctx.message)
    const timeZone = shared ?? resolveTimeZone(plain)
    if (timeZone === null)
      return refuse(ctx, `I don't recognize “${plain.slice(0, 40)}”. Try the nearest big city, e.g. Berlin.`)
    await closePrompt(ctx, answer, () => changeSetting(ctx, 'zone', { timeZone }))
  })
  onAnswer(feature, 'digest-time', async (ctx, answer) => {
    const digestTime = toTimeOfDay(answer.written.plain)
    if (digestTime === null) return refuse(ctx, "That isn't a time. Send it like 08:30.")
    await closePrompt(ctx, answer, () => changeSetting(ctx, 'digest', { digestTime, digestEnabled: true }))
  })
  onAnswer(feature, 'quiet-hours', async (ctx, answer) => {
    const quietHours = toTimeWindow(answer.written.plain)
    if (quietHours === undefined) return refuse(ctx, 'Send the hours like 22:00-07:00, or “none”.')
    await closePrompt(ctx, answer, () => changeSetting(ctx, 'quiet', { quietHours }))
  })
  onMinutes(feature, 'stale-after', (staleAfterMinutes) => ({ staleAfterMinutes }))
  onMinutes(feature, 'queued-after', (queuedAfterMinutes) => ({ queuedAfterMinutes }))
  onRunner(feature, 'runner-chat', (text) => ({ runnerChat: chatIn(text) }))
  onRunner(feature, 'runner-bot', (text) => ({
    runnerBot: orCleared(text)?.trim().replace(/^@/, '') ?? null,
  }))
}

const maxMinutes = 7 * 24 * 60

function onMinutes(feature: Feature, kind: PromptKind, toPatch: (minutes: number) => SettingsPatch): void {
  onAnswer(feature, kind, async (ctx, answer) => {
    const digits = /^(\d{1,5})\s*(?:m|min|minutes?)?$/i.exec(answer.written.plain.trim())?.[1]
    const minutes = Number(digits ?? 0)
    if (minutes < 1 || minutes > maxMinutes)
      return refuse(ctx, 'Send a number of minutes, e.g. 45 (a week at most).')
    await closePrompt(ctx, answer, () => changeSetting(ctx, 'stale', toPatch(minutes)))
  })
}

function onRunner(feature: Feature, kind: PromptKind, toPatch: (text: string) => SettingsPatch): void {
  onAnswer(feature, kind, async (ctx, answer) => {
    const patch = toPatch(answer.written.plain)
    const changed = await orRefusal(ctx, () => changeSettings(ctx.board, patch))
    if (changed !== null) await closePrompt(ctx, answer, () => showPart(ctx, 'runner', changed.auditId))
  })
}

/** Returns the chat that a text names by ID, @name or link. */
function chatIn(text: string): string | null {
  const chat = orCleared(text)?.trim() ?? null
  return chat === null ? null : chat.replace(/^(?:https?:\/\/)?t\.me\/(\w+)\/?$/i, '@$1')
}
