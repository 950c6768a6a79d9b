import type { NotificationLevel } from '../domain/setting-specs.ts'
import type { OwnerSettings } from '../domain/settings.ts'
import { toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, html, joinHtml } from './html.ts'
import { counted } from './names.ts'
import { runnerName } from './runner.ts'
import { clock, minutesText } from './when.ts'

/** The parts of the settings, a screen each. */
export const settingsParts = [
  'zone',
  'digest',
  'quiet',
  'news',
  'mute',
  'default',
  'stale',
  'runner',
  'history',
] as const
export type SettingsPart = (typeof settingsParts)[number]

export interface SettingsFacts {
  readonly settings: OwnerSettings
  readonly projects: readonly { readonly projectKey: string; readonly name: string }[]
  readonly now: Date
  readonly language: string | undefined
  readonly machineZone: string
}

export const levelSign = { loud: '🔔', silent: '🔕', off: '✖️' } as const

/** All settings at a glance. */
export function settingsCard({ settings, now }: SettingsFacts): Card {
  const { notify } = settings
  const level = (value: NotificationLevel) => `${levelSign[value]} ${value}`
  const lines = [
    html`⚙️ ${bold('Settings')}`,
    html`🌍 ${settings.timeZone}, ${clock(now, settings.timeZone)} now`,
    html`🗓 Digest ${settings.digestEnabled ? `at ${settings.digestTime}` : 'off'}`,
    html`🌙 ${settings.quietHours === null ? 'No quiet hours' : `Quiet hours ${settings.quietHours}`}`,
    html`📣 Needs you ${level(notify.needsYou)} · finished ${level(notify.finished)} · other ${level(notify.info)}`,
    html`🔇 ${settings.mutedProjects.length === 0 ? 'No project is muted' : `Muted: ${settings.mutedProjects.join(', ')}`}`,
    html`📦 New tasks go to ${settings.defaultProject ?? 'the project used last'}`,
    html`⏱ An agent counts as stuck after ${minutesText(settings.staleAfterMinutes)}, a queued task after ${minutesText(settings.queuedAfterMinutes)}`,
    html`🏃 ${settings.runner.kind === 'none' ? 'No runner' : `Runner: ${runnerName[settings.runner.kind]}`}`,
    html`🗄 Events are kept for ${counted(settings.keepEventsDays, 'day')}`,
  ]
  const part = (label: string, name: SettingsPart) => toScreen(label, 'settings', name)
  return {
    text: joinHtml(lines, '\n'),
    keyboard: keyboard([
      [part('🌍 Time zone', 'zone'), part('🗓 Digest', 'digest')],
      [part('🌙 Quiet hours', 'quiet'), part('📣 News', 'news')],
      [part('🔇 Mute', 'mute'), part('📦 Default project', 'default')],
      [part('⏱ Stuck after', 'stale'), part('🏃 Runner', 'runner')],
      [part('🗄 Events', 'history'), toScreen('🏠 Home', 'home')],
    ]),
  }
}
