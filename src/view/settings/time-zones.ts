import { button, chosen } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import { timeZoneTap } from '../kit/links.ts'
import { clock } from '../kit/when.ts'

// Where most speakers of a language live. The language is the Telegram app's.
const byLanguage: Readonly<Record<string, readonly string[]>> = {
  ar: ['Africa/Cairo', 'Asia/Riyadh', 'Asia/Dubai'],
  de: ['Europe/Berlin', 'Europe/Vienna', 'Europe/Zurich'],
  en: ['America/New_York', 'America/Los_Angeles', 'Europe/London'],
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
const maxShown = 6

/** Lists the owner's likely time zones: the machine's, their language's, then common ones. */
export function likelyTimeZones(language: string | undefined, machine: string): string[] {
  const own = machine === 'UTC' || !machine.includes('/') ? [] : [machine]
  const spoken = byLanguage[language?.slice(0, 2).toLowerCase() ?? ''] ?? []
  return [...new Set([...own, ...spoken, ...common])].slice(0, maxShown)
}

/** Returns a zone's name; a bare offset in the usual notation: "GMT+2". */
export function zoneName(timeZone: string): string {
  // POSIX inverts the sign: Etc/GMT-2 is two hours ahead of GMT.
  const [, sign, hours] = /^Etc\/GMT([+-])(\d+)$/.exec(timeZone) ?? []
  return hours === undefined ? timeZone : `GMT${sign === '-' ? '+' : '-'}${hours}`
}

/** Returns a zone's city: "New York". */
export function cityOf(timeZone: string): string {
  return zoneName(timeZone).split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone
}

/** Builds a zone's button with its current time. `on` is the screen that shows it. */
export function zoneButton(
  timeZone: string,
  { now, on, is = false }: { readonly now: Date; readonly on: 'set-up' | 'settings'; readonly is?: boolean },
): Button {
  return button(
    is ? chosen(cityOf(timeZone), true) : `${cityOf(timeZone)} ${clock(now, timeZone)}`,
    timeZoneTap,
    { on, timeZone },
  )
}
