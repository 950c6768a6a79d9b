import { createRequire } from 'node:module'
import type { Chrono, ParsedComponents, ParsedResult } from 'chrono-node'
import { dayMs, minuteMs } from '../../core/durations.ts'
import type { NamedDay, ReaderContext, Reading } from './reading.ts'

type Locale = typeof import('chrono-node/en')

// chrono computes on the host's clock, which may skip an hour tonight, so hours are counted from here instead.
const winterNoon = new Date(Date.UTC(2026, 0, 15, 12))

// Loaded with the first date: chrono takes 20 ms and 8 MB, plus 130 ms once to compile its patterns.
const load = createRequire(import.meta.url)
const parsers = new Map<string, Chrono>()

// The zone names and offsets that people write after a time. chrono also reads GET, ART, EAST and 200 more words as zones.
const zoneAfterTime =
  /(?:\dZ|\b(?:UTC|GMT|BST|CES?T|EES?T|WES?T|[ECMP][SD]T|JST|KST|IST|MSK|[+-]\d{1,2}(?::?\d{2})?))$/
const dayPart = /^casualReference\/(?:morning|noon|afternoon|evening|tonight|midnight)$/

const scripts = [
  { firstLetter: /^\P{L}*\p{Script=Arabic}/u, languages: ['ar'] },
  { firstLetter: /^\P{L}*\p{Script=Cyrillic}/u, languages: ['ru', 'uk'] },
  { firstLetter: /^\P{L}*[\p{Script=Han}\p{Script=Hiragana}]/u, languages: ['ja', 'zh'] },
]

/** Reads the longest phrase at the start of the text that chrono understands as one instant. */
export function readWithChrono(text: string, context: ReaderContext): Reading | null {
  for (const { languages, atLeast } of languagesFor(text, context)) {
    const readings = languages.flatMap((language) => readIn(language, text, context) ?? [])
    const [maxLength] = readings.sort((left, right) => right.length - left.length)
    if (maxLength && maxLength.length >= atLeast) return maxLength
  }
  return null
}

function languagesFor(text: string, { dayFirst }: ReaderContext): { languages: string[]; atLeast: number }[] {
  // chrono's day-first English reads "dec 31" as a year, so it only gets dates like 3/4.
  const english = dayFirst && /^\d{1,2}\//.test(text) ? 'en-day-first' : 'en'
  // chrono would swap 2026-13-01 to make it a date.
  if (/^\d{4}-(?!0\d|1[0-2])/.test(text)) return []
  const script = scripts.find(({ firstLetter }) => firstLetter.test(text))
  if (script) return [{ languages: [...script.languages, english], atLeast: 1 }]
  // 1.12.2026 is the first of December; "10. April" is a date only in German.
  if (/^\d{1,2}\.\s*(?:\d|\p{L})/u.test(text)) return [{ languages: ['de'], atLeast: 1 }]
  return [
    { languages: [english, 'de'], atLeast: 1 },
    // Three letters are too few if the language is a guess: "set" is September in Portuguese.
    { languages: ['es', 'fr', 'nl', 'pt'], atLeast: 4 },
  ]
}

function parserOf(language: string): Chrono {
  const known = parsers.get(language)
  if (known) return known
  const [module = language] = language.split('-', 1)
  const locale = load(`chrono-node/${module}`) as Locale
  const parser = language === 'en-day-first' ? locale.GB : locale.casual
  parsers.set(language, parser)
  return parser
}

function readIn(language: string, text: string, context: ReaderContext): Reading | null {
  const parser = parserOf(language)
  const reference = { instant: context.now, timezone: context.offset }
  // With forwardDate, chrono also reads "2 days" as "in 2 days", but moves "last friday" into the future.
  const parse = (run: string) => parser.parse(run, reference, { forwardDate: /^\d/.test(run) })[0]
  const isWhole = (run: string) => parse(run)?.text === run
  let run = text
  while (run !== '') {
    const found = parse(run)
    if (found?.index !== 0) return null
    const matched = found.text.trimEnd()
    const shorter = matched.replace(/\s*\S+$/u, '')
    const rest = text.slice(matched.length)
    // "fri 10 bugs": a bare number is an hour only if nothing follows it.
    const isBareHour =
      rest !== '' && /\s\d{1,2}$/.test(matched) && found.start.isCertain('hour') && isWhole(shorter)
    const isMoment = !found.end && hasPlausibleZone(found) && !isGuessedYear(found)
    if (isMoment && /^(?:$|[\s\p{Po})])/u.test(rest) && !isBareHour) {
      if (!isCountedFromNow(found.start)) return toReading(found, matched.length, context)
      const [counted] = parser.parse(matched, { instant: winterNoon, timezone: 0 }, { forwardDate: true })
      const minutes = counted ? (counted.date().getTime() - winterNoon.getTime()) / minuteMs : 0
      return { length: matched.length, minutesFromNow: Math.round(minutes) }
    }
    run = shorter
  }
  return null
}

function hasPlausibleZone({ start, text }: ParsedResult): boolean {
  return !start.isCertain('timezoneOffset') || isCountedFromNow(start) || zoneAfterTime.test(text)
}

// "feb 30" isn't a day, so chrono reads it as February 2030.
function isGuessedYear({ start, text }: ParsedResult): boolean {
  const isMonth = start.isCertain('year') && start.isCertain('month') && !start.isCertain('day')
  return isMonth && !/\d{4}/.test(text) && ![...start.tags()].some((tag) => tag.startsWith('result/relative'))
}

function isCountedFromNow(start: ParsedComponents): boolean {
  return start.tags().has('result/relativeDateAndTime') || start.tags().has('casualReference/now')
}

function toReading({ start, text }: ParsedResult, length: number, context: ReaderContext): Reading {
  const day = dayOf(start, text, context)
  return {
    length,
    day,
    time: timeOf(start, day),
    offset: start.isCertain('timezoneOffset') ? start.get('timezoneOffset') : null,
  }
}

function dayOf(start: ParsedComponents, text: string, { now, offset }: ReaderContext): NamedDay | null {
  const date = { year: start.get('year') ?? 0, month: start.get('month') ?? 0, day: start.get('day') ?? 0 }
  if (start.isCertain('month') && !start.isCertain('year')) return { kind: 'yearless', ...date }
  if (start.isCertain('day') || start.isCertain('year')) return { kind: 'date', ...date }

  const today = Math.floor((now.getTime() + offset * minuteMs) / dayMs)
  const ahead = Date.UTC(date.year, date.month - 1, date.day) / dayMs - today
  if (!start.isCertain('weekday')) return ahead === 0 ? null : { kind: 'date', ...date }
  if (/\blast\b|letzte/i.test(text)) return { kind: 'date', ...date }
  const week = ahead > 6 || /\bnext\b|chste/i.test(text) ? 'next' : 'coming'
  return { kind: 'weekday', weekday: start.get('weekday') || 7, week }
}

function timeOf(start: ParsedComponents, day: NamedDay | null): { hour: number; minute: number } | null {
  const hour = start.get('hour') ?? 0
  if (start.isCertain('hour')) return { hour, minute: start.get('minute') ?? 0 }
  const part = [...start.tags()].find((tag) => dayPart.test(tag))
  if (part === undefined && day !== null) return null
  // chrono's morning starts at six.
  return { hour: part?.endsWith('morning') ? Math.max(9, hour) : hour, minute: 0 }
}
