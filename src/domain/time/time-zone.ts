import { Temporal } from 'temporal-polyfill'
import { zoneOfName } from './time-zone-cities.ts'

const maxName = 100
const regions = ['europe', 'america', 'asia', 'africa', 'australia', 'pacific', 'atlantic', 'indian']

// Offsets of half hours have no Etc/ zone, and Node 20 knows no zone named by its offset: these keep theirs all year.
const zonesOfHalfHours: Readonly<Record<string, string>> = {
  '+03:30': 'Asia/Tehran',
  '+04:30': 'Asia/Kabul',
  '+05:30': 'Asia/Kolkata',
  '+05:45': 'Asia/Kathmandu',
  '+06:30': 'Asia/Yangon',
  '+08:45': 'Australia/Eucla',
  '+09:30': 'Australia/Darwin',
  '-09:30': 'Pacific/Marquesas',
}

/** Whether the text is the name of a time zone that can be stored, in any case: IANA names, no offsets. */
export function isTimeZone(text: string): boolean {
  return canonicalName(text) !== null
}

/** What a person types for a time zone → its IANA name: `europe/berlin`, `Berlin`, `NYC`, `서울`, `UTC+9`; else null. */
export function resolveTimeZone(text: string): string | null {
  const asked = text.slice(0, maxName).split(',', 1).join('').trim()
  const name = fold(asked)
  // Names of cities first: `EST` is also the name of a zone without summer time, and not what anyone means.
  return zoneOfName(name) ?? zoneOfOffset(asked) ?? canonicalName(slug(name)) ?? zoneOfCity(slug(name))
}

function canonicalName(text: string): string | null {
  if (!/^[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)*$/i.test(text)) return null
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function zoneOfOffset(text: string): string | null {
  const match = /^(?:utc|gmt)?\s*([+\-−])(\d{1,2})(?::?([0-5]\d))?$/i.exec(text)
  if (!match) return null
  const hours = Number(match[2])
  const sign = match[1] === '+' ? '+' : '-'
  if ((match[3] ?? '00') !== '00') {
    return zonesOfHalfHours[`${sign}${String(hours).padStart(2, '0')}:${match[3]}`] ?? null
  }
  if (hours === 0) return 'UTC'
  // POSIX counts westwards: Etc/GMT-9 is nine hours ahead of UTC.
  return canonicalName(`Etc/GMT${sign === '+' ? '-' : '+'}${hours}`)
}

function zoneOfCity(city: string): string | null {
  const listed = Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase().endsWith(`/${city}`))
  if (listed) return listed
  // Node lists Asia/Calcutta and Europe/Kiev; the names of today are accepted but not listed.
  for (const region of regions) {
    const name = canonicalName(`${region}/${city}`)
    if (name) return name
  }
  return null
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').replace(/\s+/g, ' ').toLowerCase()
}

function slug(name: string): string {
  return name.replaceAll(' ', '_')
}
