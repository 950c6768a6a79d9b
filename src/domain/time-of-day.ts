/** What a person types for a time of day → `HH:MM`: `8`, `8:30`, `08.30`, `8pm`, `20h15`; else null. */
export function toTimeOfDay(text: string): string | null {
  const match = /^(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(?:(am|pm)|h|uhr|o'clock)?$/i.exec(text.trim())
  if (match === null) return null
  const half = match[3]?.toLowerCase()
  const given = Number(match[1])
  if (half !== undefined && (given < 1 || given > 12)) return null
  const hours = half === undefined ? given : (given % 12) + (half === 'pm' ? 12 : 0)
  const minutes = Number(match[2] ?? 0)
  if (hours > 23 || minutes > 59) return null
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/** What a person types for quiet hours → `HH:MM-HH:MM`, null for none; undefined where it cannot be understood. */
export function toTimeWindow(text: string): string | null | undefined {
  const trimmed = text.trim()
  if (/^(?:-|none|off|no)$/i.test(trimmed)) return null
  const [start = '', end = '', ...rest] = trimmed.split(/\s*(?:-|–|—|to|until|bis)\s*/i)
  const [from, to] = [toTimeOfDay(start), toTimeOfDay(end)]
  return from === null || to === null || from === to || rest.length > 0 ? undefined : `${from}-${to}`
}
