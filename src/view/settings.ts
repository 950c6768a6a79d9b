import type { NotificationLevel, RunnerKind } from '../domain/setting-specs.ts'
import type { OwnerSettings, RunnerSettings } from '../domain/settings.ts'
import { chosen, doesAct, toScreen } from './buttons.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, type Html, html, joinHtml, pre } from './html.ts'
import { runnerLine, runnerName } from './runner.ts'
import { likelyTimeZones, zoneButton } from './time-zones.ts'
import { clock } from './when.ts'

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
] as const
export type SettingsPart = (typeof settingsParts)[number]

export interface SettingsFacts {
  readonly settings: OwnerSettings
  readonly projects: readonly { readonly projectKey: string; readonly name: string }[]
  readonly now: Date
  readonly language: string | undefined
  readonly machineZone: string
}

const levelSign = { loud: '🔔', silent: '🔕', off: '✖️' } as const

/** All settings at a glance. */
export function settingsCard({ settings, now }: SettingsFacts): Card {
  const { notify } = settings
  const level = (value: NotificationLevel) => `${levelSign[value]} ${value}`
  const lines = [
    html`⚙️ ${bold('Settings')}`,
    html`🌍 ${settings.timeZone}, ${clock(now, settings.timeZone)} now`,
    html`🗓 Digest ${settings.digestEnabled ? `at ${settings.digestTime}` : 'off'}`,
    html`🌙 Quiet hours ${settings.quietHours ?? 'none'}`,
    html`📣 Needs you ${level(notify.needsYou)} · finished ${level(notify.finished)} · other ${level(notify.info)}`,
    html`🔇 Muted: ${settings.mutedProjects.join(', ') || 'no project'}`,
    html`📦 New tasks go to ${settings.defaultProject ?? 'the project used last'}`,
    html`⏱ An agent counts as stuck after ${minutes(settings.staleAfterMinutes)}, a queued task after ${minutes(settings.queuedAfterMinutes)}`,
    html`🏃 Runner: ${runnerName[settings.runner.kind]}`,
  ]
  const part = (label: string, name: SettingsPart) => toScreen(label, 'settings', name)
  return {
    text: joinHtml(lines, '\n'),
    keyboard: keyboard([
      [part('🌍 Time zone', 'zone'), part('🗓 Digest', 'digest')],
      [part('🌙 Quiet hours', 'quiet'), part('📣 News', 'news')],
      [part('🔇 Mute', 'mute'), part('📦 Default project', 'default')],
      [part('⏱ Stuck after', 'stale'), part('🏃 Runner', 'runner')],
      [toScreen('🏠 Home', 'home')],
    ]),
  }
}

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

interface Part {
  readonly text: Html
  readonly rows: readonly (readonly Button[])[]
}

const parts: Record<SettingsPart, (facts: SettingsFacts) => Part> = {
  zone: ({ settings, now, language, machineZone }) => ({
    text: html`🌍 Your time zone is ${bold(settings.timeZone)}, where it is ${clock(now, settings.timeZone)}.\nPick another one, write a city, or send me your location.`,
    rows: [
      ...inRows(
        likelyTimeZones(language, machineZone).map((zone) => zoneButton(zone, now, 'settings')),
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
    text: html`🌙 ${settings.quietHours === null ? 'No hours are quiet.' : html`Nothing sounds ${bold(settings.quietHours)}; after that you get one summary.`}`,
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
    text: html`⏱ After how long without a word does an agent count as stuck (⚙️ ${bold(minutes(settings.staleAfterMinutes))}), and a queued task as forgotten (⏳ ${bold(minutes(settings.queuedAfterMinutes))})?`,
    rows: [
      [15, 30, 60, 120].map((value) => span('⚙️', 'staleAfterMinutes', value, settings.staleAfterMinutes)),
      [30, 60, 120, 240].map((value) => span('⏳', 'queuedAfterMinutes', value, settings.queuedAfterMinutes)),
      [write('✏️ ⚙️ other', 'stale-after'), write('✏️ ⏳ other', 'queued-after')],
    ],
  }),
  runner: ({ settings: { runner } }) => ({
    text: runnerText(runner),
    rows: [
      [runnerChoice('none', runner.kind), runnerChoice('hermes', runner.kind)],
      [runnerChoice('openclaw', runner.kind), runnerChoice('openclaw-skill', runner.kind)],
      runner.kind === 'none'
        ? []
        : [
            choice('This chat', 'runnerChat', '', runner.chat === null),
            write('✏️ Another chat', 'runner-chat'),
          ],
      runner.kind === 'hermes' ? [write('✏️ Hermes’ bot', 'runner-bot')] : [],
    ],
  }),
}

const sample = { key: 'WEB-1', status: 'todo', engine: 'claude-code', branch: 'task/web-1' } as const

function runnerText(runner: RunnerSettings): Html {
  const line = runnerLine(sample, runner)
  if (line === null)
    return html`🏃 No runner. A queued task waits until an agent asks for it.\n\nA runner such as OpenClaw or Hermes listens in a chat and starts an agent at once.`
  return html`🏃 Queueing a task tells ${bold(runnerName[runner.kind])} in ${runner.chat === null ? 'this chat' : bold(runner.chat)}, with a line like
${pre(line)}
Only a line that arrived leaves the task queued. Its bot must be there too, and read what I write.`
}

function runnerChoice(kind: RunnerKind, current: RunnerKind): Button {
  return choice(kind === 'none' ? 'None' : runnerName[kind], 'runner', kind, kind === current)
}

function choice(label: string, name: string, value: string, is: boolean): Button {
  return doesAct(chosen(label, is), { name: 'set', about: name, value })
}

function write(label: string, ask: string): Button {
  return doesAct(label, { name: 'ask', about: ask })
}

function levels(kind: string, name: string, current: NotificationLevel): Button[] {
  return (['loud', 'silent', 'off'] as const).map((level) =>
    choice(`${kind} ${levelSign[level]}`, name, level, level === current),
  )
}

function minutes(value: number): string {
  return value % 60 === 0 ? `${value / 60} h` : `${value} min`
}

/** A span as a button, so short that four stand in a row on a phone. */
function span(sign: string, name: string, value: number, current: number): Button {
  const mark = value === current ? '✓' : sign
  return doesAct(`${mark} ${short(value)}`, { name: 'set', about: name, value: String(value) })
}

function short(value: number): string {
  return value % 60 === 0 ? `${value / 60}h` : `${value}m`
}
