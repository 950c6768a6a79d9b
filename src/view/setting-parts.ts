import type { NotificationLevel } from '../domain/setting-specs.ts'
import { doesAct, toScreen } from './buttons.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, html } from './html.ts'
import { counted } from './names.ts'
import { runnerChoices } from './runner-choices.ts'
import { choice, type SettingChoices, write } from './setting-choices.ts'
import { levelSign, type SettingsFacts, type SettingsPart } from './settings.ts'
import { likelyTimeZones, zoneButton } from './time-zones.ts'
import { clock, minutesText } from './when.ts'

/** One part of the settings with its choices. */
export function settingsPartCard(part: SettingsPart, facts: SettingsFacts, undo?: string | null): Card {
  const { text, rows } = parts[part](facts)
  const back = [toScreen('‹ Settings', 'settings')]
  return {
    text,
    keyboard: keyboard([
      ...rows,
      undo ? [doesAct('↩️ Undo', { name: 'undo-setting', about: part, value: undo }), ...back] : back,
    ]),
  }
}

const parts: Record<SettingsPart, (facts: SettingsFacts) => SettingChoices> = {
  zone: ({ settings, now, language, machineZone }) => ({
    text: html`🌍 Your time zone is ${bold(settings.timeZone)}, where it is ${clock(now, settings.timeZone)}.\nPick another one, write a city, or send me your location.`,
    rows: [
      ...inRows(
        likelyTimeZones(language, machineZone).map((zone) =>
          zoneButton(zone, { now, on: 'settings', is: zone === settings.timeZone }),
        ),
        2,
      ),
      [write('✏️ Another city', 'time-zone')],
    ],
  }),
  digest: ({ settings }) => ({
    text: html`🗓 The digest ${settings.digestEnabled ? html`comes at ${bold(settings.digestTime)}` : html`is ${bold('off')}`}: focus, what is due, what waits for you.`,
    rows: [
      ['07:00', '08:00', '09:00', '10:00'].map((time) =>
        choice(time, 'digestTime', time, settings.digestEnabled && settings.digestTime === time),
      ),
      [
        write('✏️ Another time', 'digest-time'),
        settings.digestEnabled
          ? choice('Turn off', 'digestEnabled', 'false', false)
          : choice('Turn on', 'digestEnabled', 'true', false),
      ],
    ],
  }),
  quiet: ({ settings }) => ({
    text: html`🌙 ${settings.quietHours === null ? 'You have no quiet hours.' : html`Nothing sounds ${bold(settings.quietHours)}; after that you get one summary.`}`,
    rows: [
      ['22:00-07:00', '23:00-08:00'].map((window) =>
        choice(window, 'quietHours', window, settings.quietHours === window),
      ),
      [write('✏️ Other hours', 'quiet-hours'), choice('None', 'quietHours', '', settings.quietHours === null)],
    ],
  }),
  news: ({ settings }) => ({
    text: html`📣 ${bold('How does news arrive?')}
🙋 ${bold('Needs you')}: blocked, ready, security.
🏁 ${bold('Finished')}: done by an agent.
📝 ${bold('Other')}: created, planned, started, changed.

🔔 with a sound · 🔕 without · ✖️ not at all`,
    rows: [
      levels('🙋', 'notifyNeedsYou', settings.notify.needsYou),
      levels('🏁', 'notifyFinished', settings.notify.finished),
      levels('📝', 'notifyInfo', settings.notify.info),
    ],
  }),
  mute: ({ settings, projects }) => ({
    text: html`🔇 A muted project tells only what needs you. Tap to mute or unmute.`,
    rows: inRows(
      projects.slice(0, 60).map(({ projectKey }) => {
        const muted = settings.mutedProjects.includes(projectKey)
        return doesAct(`${muted ? '🔇' : '🔔'} ${projectKey}`, {
          name: 'mute',
          about: projectKey,
          value: muted ? '0' : '1',
        })
      }),
      3,
    ),
  }),
  default: ({ settings, projects }) => ({
    text: html`📦 Where do new tasks go that name no project?`,
    rows: [
      [choice('The one used last', 'defaultProject', '', settings.defaultProject === null)],
      ...inRows(
        projects
          .slice(0, 60)
          .map(({ projectKey }) =>
            choice(projectKey, 'defaultProject', projectKey, settings.defaultProject === projectKey),
          ),
        3,
      ),
    ],
  }),
  stale: ({ settings }) => ({
    text: html`⏱ After how long without a word does an agent count as stuck (⚙️ ${bold(minutesText(settings.staleAfterMinutes))}), and a queued task as forgotten (⏳ ${bold(minutesText(settings.queuedAfterMinutes))})?`,
    rows: [
      [15, 30, 60, 120].map((value) => span('⚙️', 'staleAfterMinutes', value, settings.staleAfterMinutes)),
      [30, 60, 120, 240].map((value) => span('⏳', 'queuedAfterMinutes', value, settings.queuedAfterMinutes)),
      [write('✏️ ⚙️ other', 'stale-after'), write('✏️ ⏳ other', 'queued-after')],
    ],
  }),
  runner: ({ settings }) => runnerChoices(settings.runner),
  history: ({ settings }) => ({
    text: html`🗄 Agents can follow what happened for ${bold(counted(settings.keepEventsDays, 'day'))}. What I have not told you yet stays longer; the audit trail stays for good.`,
    rows: [
      [7, 30, 90, 365].map((days) =>
        choice(`${days}`, 'keepEventsDays', String(days), settings.keepEventsDays === days),
      ),
    ],
  }),
}

function levels(kind: string, name: string, current: NotificationLevel): Button[] {
  return (['loud', 'silent', 'off'] as const).map((level) =>
    choice(`${kind} ${levelSign[level]}`, name, level, level === current),
  )
}

/** A span as a button, so short that four stand in a row on a phone. */
function span(sign: string, name: string, value: number, current: number): Button {
  return choice(`${sign} ${short(value)}`, name, String(value), value === current)
}

function short(value: number): string {
  return value % 60 === 0 ? `${value / 60}h` : `${value}m`
}
