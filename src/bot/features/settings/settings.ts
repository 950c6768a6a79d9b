import { minuteMs } from '../../../domain/core/durations.ts'
import { RunnerKind, type SettingsPatch } from '../../../domain/settings/setting-specs.ts'
import { changeSettings } from '../../../domain/settings/settings.ts'
import { newestPrompt } from '../../../telegram/store/messages/messages.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { settingsScreen, timeZoneTap } from '../../../view/kit/links.ts'
import { zoneConfirmed } from '../../../view/settings/set-up.ts'
import { settingTap } from '../../../view/settings/setting-choices.ts'
import { muteTap, settingUndoTap } from '../../../view/settings/setting-parts.ts'
import { type SettingsPart, settingsParts } from '../../../view/settings/settings.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { sendTestLine } from '../../kit/runner.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'
import { zoneOfLocation } from '../../kit/zones.ts'
import { answerSettingPrompts } from './setting-answers.ts'
import { changeSetting, showPart, showSettings } from './setting-screens.ts'

/** /settings: time zone, digest, quiet hours, notifications, projects; the rest is under Advanced. */
export function settings(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'settings', description: 'Settings', menu: 10 }, showSettings)
  onTap(feature, settingsScreen, (ctx, { part }) => {
    const known = settingsParts.find((candidate) => candidate === part)
    return known === undefined ? showSettings(ctx) : showPart(ctx, known)
  })
  onTap(feature, settingTap, (ctx, { name, value }) => {
    if (name === 'runnerTest') return testRunner(ctx)
    const setter = Object.hasOwn(setters, name) ? setters[name] : undefined
    return setter === undefined ? showSettings(ctx) : changeSetting(ctx, setter.part, setter.toPatch(value))
  })
  onTap(feature, muteTap, async (ctx, { projectKey: key, set }) => {
    const others = ctx.settings.mutedProjects.filter((muted) => muted !== key)
    await changeSetting(ctx, 'mute', { mutedProjects: set ? [...others, key] : others })
  })
  onTap(feature, timeZoneTap, (ctx, { on, timeZone }) => setZone(ctx, on, timeZone))
  onUndo(feature, settingUndoTap, (ctx, part) =>
    showPart(ctx, settingsParts.find((candidate) => candidate === part) ?? 'zone'),
  )
  feature.on('message:location', async (ctx, next) => {
    const timeZone = (await isZoneAsked(ctx)) ? await zoneOfLocation(ctx.msg) : null
    if (timeZone === null) await next()
    else await changeSetting(ctx, 'zone', { timeZone })
  })
  answerSettingPrompts(feature)
  return feature
}

const askedMs = 10 * minuteMs

/** Returns whether the bot's latest prompt, not long ago, asks for the time zone. A shared location then answers it. */
async function isZoneAsked(ctx: BotContext): Promise<boolean> {
  if (ctx.chat === undefined || ctx.message?.reply_to_message !== undefined) return false
  const since = new Date(ctx.board.now().getTime() - askedMs)
  const row = await newestPrompt(ctx.board.db, ctx.chat.id, since)
  const topic = row?.topic ?? null
  return topic?.kind === 'prompt' && topic.ask === 'time-zone'
}

/** For each setting that buttons change: the screen that shows it, and how to read the button's value. */
const setters: Readonly<
  Record<string, { readonly part: SettingsPart; readonly toPatch: (value: string) => SettingsPatch }>
> = {
  digestTime: { part: 'digest', toPatch: (value) => ({ digestTime: value, digestEnabled: true }) },
  digestEnabled: { part: 'digest', toPatch: (value) => ({ digestEnabled: value === 'true' }) },
  quietHours: { part: 'quiet', toPatch: (value) => ({ quietHours: value === '' ? null : value }) },
  notifyNeedsYou: { part: 'notify', toPatch: (value) => ({ notifyNeedsYou: toLevel(value) }) },
  notifyFinished: { part: 'notify', toPatch: (value) => ({ notifyFinished: toLevel(value) }) },
  notifyInfo: { part: 'notify', toPatch: (value) => ({ notifyInfo: toLevel(value) }) },
  defaultProject: { part: 'default', toPatch: (value) => ({ defaultProject: value === '' ? null : value }) },
  keepEventsDays: { part: 'history', toPatch: (value) => ({ keepEventsDays: Number(value) }) },
  staleAfterMinutes: { part: 'stale', toPatch: (value) => ({ staleAfterMinutes: Number(value) }) },
  queuedAfterMinutes: { part: 'stale', toPatch: (value) => ({ queuedAfterMinutes: Number(value) }) },
  runner: { part: 'runner', toPatch: (value) => ({ runner: toRunner(value) }) },
  runnerChat: { part: 'runner', toPatch: (value) => ({ runnerChat: value === '' ? null : value }) },
}

function toLevel(value: string) {
  return value === 'silent' || value === 'off' ? value : 'loud'
}

function toRunner(value: string) {
  return RunnerKind.safeParse(value).data ?? 'none'
}

async function setZone(ctx: BotContext, on: string, timeZone: string): Promise<void> {
  if (on === 'settings') return changeSetting(ctx, 'zone', { timeZone })
  const changed = await orRefusal(ctx, () => changeSettings(ctx.board, { timeZone }))
  if (changed === null) return
  await toast(ctx, changed.auditId === null ? toasts.unchanged : 'Saved.')
  // The location's card stays as it is.
  if (on === 'capture') await ctx.sender.send(zoneConfirmed(timeZone, ctx.board.now()), { purpose: 'screen' })
  else await showScreen(ctx, zoneConfirmed(timeZone, ctx.board.now()))
}

async function testRunner(ctx: BotContext): Promise<void> {
  const reason = await sendTestLine(ctx)
  await toast(ctx, reason ?? 'Sent. Check the chat.', reason !== null)
}
