import { Temporal } from 'temporal-polyfill'
import { zoneOfName } from './time-zone-cities.ts'

const maxName = 100
const regions = ['europe', 'america', 'asia', 'africa', 'australia', 'pacific', 'atlantic', 'indian']

// Half-hour offsets have no Etc/ zone, and Node 20 has no zones named by offset. These zones keep their offset all year.
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

/** Tests whether the text is a time zone that can be stored: an IANA name in any case, no offset. */
export function isTimeZone(text: string): boolean {
  return canonicalName(text) !== null
}

/** Parses a typed time zone to its IANA name: `europe/berlin`, `Berlin`, `NYC`, `서울`, `UTC+9`; otherwise null. */
export function resolveTimeZone(text: string): string | null {
  const asked = text.slice(0, maxName).split(',', 1).join('').trim()
  const name = fold(asked)
  // City names come first: `EST` is also a zone without summer time, which nobody means.
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
  // POSIX counts westward: Etc/GMT-9 is nine hours ahead of UTC.
  return canonicalName(`Etc/GMT${sign === '+' ? '-' : '+'}${hours}`)
}

function zoneOfCity(city: string): string | null {
  const listed = Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase().endsWith(`/${city}`))
  if (listed) return listed
  // Node lists Asia/Calcutta and Europe/Kiev; it accepts their current names but doesn't list them.
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
