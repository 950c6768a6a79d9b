const named: Readonly<Record<string, string>> = {
  noon: '12:00',
  midday: '12:00',
  midnight: '00:00',
  mittag: '12:00',
  mitternacht: '00:00',
}
// No time is longer. The limit bounds the repetitions in the patterns, which visit characters repeatedly.
const maxLength = 60
const clock =
  /^(?:(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?|(\d{2})(\d{2}))\s*(?:([ap])\.?\s?m\.?|h|uhr|o['’]clock)?$/i

/** Parses a typed time of day to `HH:MM`: `8`, `8:30`, `08.30`, `8pm`, `20h15`, `0800`, `noon`; otherwise null. */
export function toTimeOfDay(text: string): string | null {
  const asked = text.trim().slice(0, maxLength).toLowerCase()
  if (Object.hasOwn(named, asked)) return named[asked] ?? null
  const [matched, hour, minute, joinedHour, joinedMinute, half] = clock.exec(asked) ?? []
  if (matched === undefined) return null
  const given = Number(hour ?? joinedHour)
  if (half !== undefined && (given < 1 || given > 12)) return null
  const hours = half === undefined ? given : (given % 12) + (half === 'p' ? 12 : 0)
  const minutes = Number(minute ?? joinedMinute ?? 0)
  if (hours > 23 || minutes > 59) return null
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/** Parses typed quiet hours to `HH:MM-HH:MM`; null for none, undefined if not understood. */
export function toTimeWindow(text: string): string | null | undefined {
  const asked = text.trim()
  if (asked.length > maxLength) return undefined
  if (/^(?:[-–—]|none|off|no|never)$/i.test(asked)) return null
  const [start = '', end = '', ...rest] = asked
    .replace(/^(?:from|between|von|zwischen)\s+/i, '')
    .split(/\s*[-–—‐‑‒−→~]\s*|\s+(?:to|till?|until|and|bis|und)\s+/i)
  const [from, to] = [toTimeOfDay(start), toTimeOfDay(end)]
  return from === null || to === null || from === to || rest.length > 0 ? undefined : `${from}-${to}`
}
