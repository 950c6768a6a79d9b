import type { Temporal } from 'temporal-polyfill'
import type { NamedDay, ReaderContext, Reading } from './reading.ts'

// chrono doesn't know Korean. 까지 is "by", 에 is "on"; both may follow any part.
const particle = '(?:까지|에)?'
const phrase = new RegExp(
  [
    '^(?:',
    `(?<near>오늘|내일|모레|글피)${particle}|`,
    `(?:(?<year>\\d{4})년\\s*)?(?<month>\\d{1,2})월\\s*(?<date>\\d{1,2})일${particle}|`,
    `(?:(?<week>이번|다음)\\s*주\\s*)?(?<weekday>[월화수목금토일])요일${particle}|`,
    `(?<nextWeek>다음\\s*주)${particle}|`,
    `(?<count>\\d{1,4})\\s*(?<unit>분|시간|일|주|개월|달)\\s*(?:후|뒤)${particle}`,
    ')?',
    `(?:\\s*(?<half>오전|오후|아침|저녁|밤)?\\s*(?<hour>\\d{1,2})(?:시(?:\\s*(?:(?<minutes>\\d{1,2})분|(?<thirty>반)))?|:(?<clock>\\d{2}))${particle})?`,
    '(?=$|[\\s\\p{Po})])',
  ].join(''),
  'u',
)

/** Reads a Korean date and time at the start of the text: 내일 오후 3시, 다음 주 금요일, 3일 후, 12월 1일까지. */
export function readKorean(text: string, { today }: ReaderContext): Reading | null {
  const match = phrase.exec(text)
  if (!match?.groups || match[0] === '') return null
  const groups = match.groups
  const length = match[0].length
  const count = Number(groups.count)
  if (groups.unit === '분') return { length, minutesFromNow: count }
  if (groups.unit === '시간') return { length, minutesFromNow: count * 60 }
  return { length, day: dayOf(groups, today), time: timeOf(groups), offset: null }
}

function dayOf(groups: Partial<Record<string, string>>, today: Temporal.PlainDate): NamedDay | null {
  if (groups.near) return onDate(today.add({ days: ['오늘', '내일', '모레', '글피'].indexOf(groups.near) }))
  if (groups.nextWeek) return onDate(today.add({ weeks: 1 }))
  if (groups.count) {
    const unit = groups.unit === '일' ? 'days' : groups.unit === '주' ? 'weeks' : 'months'
    return onDate(today.add({ [unit]: Number(groups.count) }))
  }
  if (groups.weekday) {
    const weekday = '월화수목금토일'.indexOf(groups.weekday) + 1
    return { kind: 'weekday', weekday, week: groups.week === '다음' ? 'next' : 'coming' }
  }
  if (!groups.month) return null
  const date = { month: Number(groups.month), day: Number(groups.date) }
  return groups.year ? { kind: 'date', year: Number(groups.year), ...date } : { kind: 'yearless', ...date }
}

function timeOf(groups: Partial<Record<string, string>>): { hour: number; minute: number } | null {
  if (!groups.hour) return null
  const isAfternoon = groups.half === '오후' || groups.half === '저녁' || groups.half === '밤'
  const hour = (Number(groups.hour) % (groups.half ? 12 : 24)) + (isAfternoon ? 12 : 0)
  return { hour, minute: groups.thirty ? 30 : Number(groups.minutes ?? groups.clock ?? 0) }
}

function onDate({ year, month, day }: Temporal.PlainDate): NamedDay {
  return { kind: 'date', year, month, day }
}
