import type { NotificationLevel } from '../../domain/settings/setting-specs.ts'
import type { OwnerSettings } from '../../domain/settings/settings.ts'
import { button } from '../kit/buttons.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html } from '../kit/html.ts'
import { homeScreen, settingsScreen } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, minutesText } from '../kit/when.ts'
import { runnerName } from './runner.ts'
import { cityOf } from './time-zones.ts'

const settingsSign = '🔧'

/** The parts of the settings, one screen each. */
export const settingsParts = [
  'zone',
  'digest',
  'quiet',
  'notify',
  'mute',
  'default',
  'advanced',
  'stale',
  'runner',
  'history',
] as const
export type SettingsPart = (typeof settingsParts)[number]

/** The parts under Advanced. */
export const advancedParts: readonly SettingsPart[] = ['stale', 'runner', 'history']

export interface SettingsFacts {
  readonly settings: OwnerSettings
  readonly projects: readonly { readonly projectKey: string; readonly name: string }[]
  readonly now: Date
  readonly language: string | undefined
  readonly machineZone: string
}

export const levelName: Record<NotificationLevel, string> = { loud: 'sound', silent: 'silent', off: 'off' }

export const part = (label: string, name: SettingsPart) => button(label, settingsScreen, { part: name })

/** Shows all settings, each with its value on its button. */
export function settingsCard({ settings, now }: SettingsFacts): Card {
  const { timeZone, quietHours, mutedProjects } = settings
  const muted = mutedProjects.length === 1 ? mutedProjects[0] : counted(mutedProjects.length, 'project')
  return {
    text: html`${settingsSign} ${bold('Settings')}\nTap one to change it.`,
    keyboard: keyboard([
      [part(`${signs.timeZone} ${cityOf(timeZone)} ${clock(now, timeZone)}`, 'zone')],
      [
        part(`${signs.digest} Digest ${settings.digestEnabled ? settings.digestTime : 'off'}`, 'digest'),
        part(`${signs.notifications} Notifications`, 'notify'),
      ],
      [
        part(
          `${signs.quietHours} Quiet hours ${quietHours === null ? 'off' : windowText(quietHours)}`,
          'quiet',
        ),
      ],
      [part(`${signs.project} New tasks: ${settings.defaultProject ?? 'last used project'}`, 'default')],
      [
        part(mutedProjects.length === 0 ? `${signs.muted} Mute` : `${signs.muted} Muted: ${muted}`, 'mute'),
        part(`${settingsSign} Advanced`, 'advanced'),
      ],
      [button(`${signs.home} Home`, homeScreen)],
    ]),
  }
}

/** Shows the rarely used settings. */
export function advancedCard({ settings }: SettingsFacts): Card {
  return {
    text: html`${settingsSign} ${bold('Advanced')}`,
    keyboard: keyboard([
      [part(`${signs.silentRun} Stuck after ${minutesText(settings.staleAfterMinutes)}`, 'stale')],
      [part(`${signs.runner} Runner: ${runnerName[settings.runner.kind]}`, 'runner')],
      [part(`${signs.history} Event history ${counted(settings.keepEventsDays, 'day')}`, 'history')],
      [button(`${signs.back} Settings`, settingsScreen, { part: '' })],
    ]),
  }
}

/** Formats quiet hours: "22:00–07:00". */
export function windowText(quietHours: string): string {
  return quietHours.replace('-', '–')
}
