import type { Message } from 'grammy/types'

/** This machine's time zone. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** This machine's time zone if it names a place: a server is often set to UTC. */
export function placeZone(): string | undefined {
  const zone = machineZone()
  return zone.includes('/') && !zone.startsWith('Etc/') ? zone : undefined
}

/**
 * The time zone of the place where the sender says they are; null for any other message. A venue, a forwarded or a live location, or a
 * reply says something else.
 */
export async function zoneOfLocation(message: Message): Promise<string | null> {
  const { location, venue, forward_origin: origin } = message
  if (location === undefined || venue !== undefined || origin !== undefined) return null
  if (location.live_period !== undefined) return null
  // A 70 kB map, loaded only when someone shares a location.
  const { default: zoneAt } = await import('@photostructure/tz-lookup')
  return zoneAt(location.latitude, location.longitude)
}
