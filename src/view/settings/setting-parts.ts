import type { NotificationLevel } from '../../domain/settings/setting-specs.ts'
import { button } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import { type Button, type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, html } from '../kit/html.ts'
import { settingsScreen, undoOn } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, minutesText } from '../kit/when.ts'
import { runnerChoices } from './runner-choices.ts'
import { choice, type SettingChoices, settingTap, write } from './setting-choices.ts'
import {
  advancedCard,
  advancedParts,
  levelName,
  part,
  type SettingsFacts,
  type SettingsPart,
  windowText,
} from './settings.ts'
import { likelyTimeZones, zoneButton, zoneName } from './time-zones.ts'

export const muteTap = defineAct('mute', { projectKey: field.text }, { set: field.flag })
export const settingUndoTap = undoOn(
  'settings',
  defineAct('undo-setting', { about: field.text }, { audit: field.text }),
)

/** Shows one part of the settings and its choices. */
export function settingsPartCard(name: SettingsPart, facts: SettingsFacts, undo?: string | null): Card {
  if (name === 'advanced') return advancedCard(facts)
  const { text, rows } = parts[name](facts)
  const back = advancedParts.includes(name)
    ? part(`${signs.back} Advanced`, 'advanced')
    : button(`${signs.back} Settings`, settingsScreen, { part: '' })
  return {
    text,
    keyboard: keyboard([
      ...rows,
      undo ? [button(`${signs.undo} Undo`, settingUndoTap, { about: name, audit: undo }), back] : [back],
    ]),
  }
}

const parts: Record<Exclude<SettingsPart, 'advanced'>, (facts: SettingsFacts) => SettingChoices> = {
  zone: ({ settings, now, language, machineZone }) => ({
    text: html`${signs.timeZone} Time zone: ${bold(zoneName(settings.timeZone))} (${clock(now, settings.timeZone)} now)\nTap another one, type a city, or send your location.`,
    rows: [
      ...inRows(
        likelyTimeZones(language, machineZone).map((zone) =>
          zoneButton(zone, { now, on: 'settings', is: zone === settings.timeZone }),
        ),
        2,
      ),
      [write(`${signs.write} Another city`, 'time-zone')],
    ],
  }),
  digest: ({ settings }) => ({
    text: html`${signs.digest} Daily digest ${settings.digestEnabled ? html`at ${bold(settings.digestTime)}` : html`is ${bold('off')}`}.`,
    rows: [
      ['07:00', '08:00', '09:00', '10:00'].map((time) =>
        choice(time, 'digestTime', time, settings.digestEnabled && settings.digestTime === time),
      ),
      [
        write(`${signs.write} Another time`, 'digest-time'),
        settings.digestEnabled
          ? choice('Turn off', 'digestEnabled', 'false', false)
          : choice('Turn on', 'digestEnabled', 'true', false),
      ],
    ],
  }),
  quiet: ({ settings }) => ({
    text: html`${signs.quietHours} ${settings.quietHours === null ? 'No quiet hours.' : html`Silent ${bold(windowText(settings.quietHours))}, with a summary afterward.`}`,
    rows: [
      ['22:00-07:00', '23:00-08:00'].map((window) =>
        choice(windowText(window), 'quietHours', window, settings.quietHours === window),
      ),
      [
        write(`${signs.write} Other hours`, 'quiet-hours'),
        choice(
          settings.quietHours === null ? 'Off' : 'Turn off',
          'quietHours',
          '',
          settings.quietHours === null,
        ),
      ],
    ],
  }),
  notify: ({ settings: { notify } }) => ({
    text: html`${signs.notifications} ${bold('Notifications')}\nTap to switch between sound, silent and off.`,
    rows: [
      [level('Needs you', 'notifyNeedsYou', notify.needsYou)],
      [level('Finished', 'notifyFinished', notify.finished)],
      [level('Progress', 'notifyInfo', notify.info)],
    ],
  }),
  mute: ({ settings, projects }) => ({
    text: html`${signs.muted} Muted projects only notify you when something needs you.`,
    rows: inRows(
      projects.slice(0, 60).map(({ projectKey }) => {
        const isMuted = settings.mutedProjects.includes(projectKey)
        return button(isMuted ? `Unmute ${projectKey}` : `Mute ${projectKey}`, muteTap, {
          projectKey,
          set: !isMuted,
        })
      }),
      2,
    ),
  }),
  default: ({ settings, projects }) => ({
    text: html`${signs.project} Default project for new tasks?`,
    rows: [
      [choice('Last used', 'defaultProject', '', settings.defaultProject === null)],
      ...inRows(
        projects
          .slice(0, 60)
          .map(({ projectKey }) =>
            choice(projectKey, 'defaultProject', projectKey, settings.defaultProject === projectKey),
          ),
        2,
      ),
    ],
  }),
  stale: ({ settings }) => ({
    text: html`${signs.silentRun} Remind me when an agent is silent for ${bold(minutesText(settings.staleAfterMinutes))}, or a task is queued for ${bold(minutesText(settings.queuedAfterMinutes))}.`,
    rows: [
      ...inRows(
        [15, 30, 60, 120].map((value) =>
          span('Silent', 'staleAfterMinutes', value, settings.staleAfterMinutes),
        ),
        2,
      ),
      ...inRows(
        [30, 60, 120, 240].map((value) =>
          span('Queued', 'queuedAfterMinutes', value, settings.queuedAfterMinutes),
        ),
        2,
      ),
      [
        write(`${signs.write} Silent for …`, 'stale-after'),
        write(`${signs.write} Queued for …`, 'queued-after'),
      ],
    ],
  }),
  runner: ({ settings }) => runnerChoices(settings.runner, settings.chatId),
  history: ({ settings }) => ({
    text: html`${signs.history} Event history for agents: ${bold(counted(settings.keepEventsDays, 'day'))}.`,
    rows: inRows(
      [7, 30, 90, 365].map((days) =>
        choice(counted(days, 'day'), 'keepEventsDays', String(days), settings.keepEventsDays === days),
      ),
      2,
    ),
  }),
}

const nextLevel: Record<NotificationLevel, NotificationLevel> = {
  loud: 'silent',
  silent: 'off',
  off: 'loud',
}

function level(kind: string, name: string, current: NotificationLevel): Button {
  return button(`${kind}: ${levelName[current]} ${signs.nextChoice}`, settingTap, {
    name,
    value: nextLevel[current],
  })
}

function span(kind: string, name: string, value: number, current: number): Button {
  return choice(`${kind} ${minutesText(value)}`, name, String(value), value === current)
}
