import type { Temporal } from 'temporal-polyfill'
import type { NamedDay, ReaderContext, Reading } from './reading.ts'

// chrono speaks no Korean. 까지 is "by", 에 is "on": both may hang on every part.
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
  const said = match.groups
  const length = match[0].length
  const count = Number(said.count)
  if (said.unit === '분') return { length, minutesFromNow: count }
  if (said.unit === '시간') return { length, minutesFromNow: count * 60 }
  return { length, day: dayOf(said, today), time: timeOf(said), offset: null }
}

function dayOf(said: Partial<Record<string, string>>, today: Temporal.PlainDate): NamedDay | null {
  if (said.near) return onDate(today.add({ days: ['오늘', '내일', '모레', '글피'].indexOf(said.near) }))
  if (said.nextWeek) return onDate(today.add({ weeks: 1 }))
  if (said.count) {
    const unit = said.unit === '일' ? 'days' : said.unit === '주' ? 'weeks' : 'months'
    return onDate(today.add({ [unit]: Number(said.count) }))
  }
  if (said.weekday) {
    const weekday = '월화수목금토일'.indexOf(said.weekday) + 1
    return { kind: 'weekday', weekday, week: said.week === '다음' ? 'next' : 'coming' }
  }
  if (!said.month) return null
  const date = { month: Number(said.month), day: Number(said.date) }
  return said.year ? { kind: 'date', year: Number(said.year), ...date } : { kind: 'yearless', ...date }
}

function timeOf(said: Partial<Record<string, string>>): { hour: number; minute: number } | null {
  if (!said.hour) return null
  const isAfternoon = said.half === '오후' || said.half === '저녁' || said.half === '밤'
  const hour = (Number(said.hour) % (said.half ? 12 : 24)) + (isAfternoon ? 12 : 0)
  return { hour, minute: said.thirty ? 30 : Number(said.minutes ?? said.clock ?? 0) }
}

function onDate({ year, month, day }: Temporal.PlainDate): NamedDay {
  return { kind: 'date', year, month, day }
}
