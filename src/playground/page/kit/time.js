const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })

/** Formats a time in the viewer's zone: 14:03. */
export const toClock = (unix) => clock.format(unix * 1000)

/** Formats the full date and time in the viewer's zone, for a tooltip. */
export const toFull = (unix) => full.format(unix * 1000)

/** Returns a key that is the same for all times of the viewer's day. */
export const toDayKey = (unix) => new Date(unix * 1000).toDateString()

/** Formats a day: Today, Yesterday, or the date. */
export function toDayLabel(unix, now = Date.now()) {
  const day = toDayKey(unix)
  if (day === new Date(now).toDateString()) return 'Today'
  if (day === new Date(now - 86_400_000).toDateString()) return 'Yesterday'
  const sameYear = new Date(unix * 1000).getFullYear() === new Date(now).getFullYear()
  const options = { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }
  return new Intl.DateTimeFormat(undefined, options).format(unix * 1000)
}

const STEPS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** Formats a relative time: "in 3 days", "5 minutes ago", "now". */
export function toRelative(unix, now = Date.now()) {
  const seconds = unix - now / 1000
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size)
  return step ? relative.format(Math.trunc(seconds / step[1]), step[0]) : relative.format(0, 'second')
}

/** Formats Telegram's date_time: `r`, or any of w, d or D, t or T in that order. Undefined: keep the text as written. */
export function toDateTime(unix, format) {
  if (!format) return undefined
  if (format === 'r') return toRelative(unix)
  const thisYear = new Date(unix * 1000).getFullYear() === new Date().getFullYear()
  const options = {
    ...(format.includes('w') && { weekday: format.includes('d') ? 'short' : 'long' }),
    ...(format.includes('d') && { day: 'numeric', month: 'short', ...(!thisYear && { year: 'numeric' }) }),
    ...(format.includes('D') && { day: 'numeric', month: 'long', year: 'numeric' }),
    ...(/t/i.test(format) && { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    ...(format.includes('T') && { second: '2-digit' }),
  }
  return new Intl.DateTimeFormat(undefined, options).format(unix * 1000)
}
