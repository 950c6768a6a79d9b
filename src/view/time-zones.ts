import { chosen, doesAct } from './buttons.ts'
import type { Button } from './card.ts'
import { clock } from './when.ts'

// Where people of a language mostly are; the language is the one their Telegram speaks.
const byLanguage: Readonly<Record<string, readonly string[]>> = {
  ar: ['Africa/Cairo', 'Asia/Riyadh', 'Asia/Dubai'],
  de: ['Europe/Berlin', 'Europe/Vienna', 'Europe/Zurich'],
  en: ['Europe/London', 'America/New_York', 'America/Los_Angeles'],
  es: ['Europe/Madrid', 'America/Mexico_City', 'America/Bogota'],
  fr: ['Europe/Paris', 'America/Montreal'],
  it: ['Europe/Rome'],
  ja: ['Asia/Tokyo'],
  ko: ['Asia/Seoul'],
  nl: ['Europe/Amsterdam'],
  pl: ['Europe/Warsaw'],
  pt: ['America/Sao_Paulo', 'Europe/Lisbon'],
  ru: ['Europe/Moscow'],
  tr: ['Europe/Istanbul'],
  uk: ['Europe/Kyiv'],
  zh: ['Asia/Shanghai', 'Asia/Taipei'],
}
const common = [
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Asia/Seoul',
  'Asia/Kolkata',
]
const most = 6

/** Time zones the owner is likely in: that of the machine, those of his language, those of many people. */
export function likelyTimeZones(language: string | undefined, machine: string): string[] {
  const own = machine === 'UTC' || !machine.includes('/') ? [] : [machine]
  const spoken = byLanguage[language?.slice(0, 2).toLowerCase() ?? ''] ?? []
  return [...new Set([...own, ...spoken, ...common])].slice(0, most)
}

/** The city that a zone is named after: "New York". */
export function cityOf(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
}

/** A zone as a button; the time it is there tells which is one's own. `on` is where the button stands. */
export function zoneButton(
  timeZone: string,
  { now, on, is = false }: { readonly now: Date; readonly on: 'set-up' | 'settings'; readonly is?: boolean },
): Button {
  return doesAct(is ? chosen(cityOf(timeZone), true) : `${cityOf(timeZone)} ${clock(now, timeZone)}`, {
    name: 'zone',
    about: on,
    value: timeZone,
  })
}
