const utc = { timeZone: 'UTC' } as const
const weekdays = new Intl.DateTimeFormat('en-GB', { ...utc, weekday: 'short' })
const months = new Intl.DateTimeFormat('en-GB', { ...utc, month: 'short' })

/** Splits a calendar date (`YYYY-MM-DD`) into its parts; Monday is weekday 0. */
export function partsOf(date: string) {
  const at = new Date(`${date}T00:00:00Z`)
  return {
    year: at.getUTCFullYear(),
    month: months.format(at).slice(0, 3),
    day: at.getUTCDate(),
    weekday: (at.getUTCDay() + 6) % 7,
    weekdayName: weekdays.format(at),
  }
}

/** Formats a date range: "16 – 22 Nov 2026", "28 Oct – 26 Nov 2026", "27 Nov 2025 – 26 Nov 2026". */
export function dateRange(first: string, last: string): string {
  const [from, to] = [partsOf(first), partsOf(last)]
  const end = `${to.day} ${to.month} ${to.year}`
  if (from.year !== to.year) return `${from.day} ${from.month} ${from.year} – ${end}`
  if (from.month !== to.month) return `${from.day} ${from.month} – ${end}`
  return from.day === to.day ? end : `${from.day} – ${end}`
}
