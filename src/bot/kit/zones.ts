import type { Message } from 'grammy/types'

/** Returns this machine's time zone. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Returns this machine's time zone if it names a place. Servers are often set to UTC. */
export function placeZone(): string | undefined {
  const zone = machineZone()
  return zone.includes('/') && !zone.startsWith('Etc/') ? zone : undefined
}

/**
 * Returns the time zone of a shared location; null for any other message. Venues, live locations, forwards and replies
 * don't say where the owner is.
 */
export async function zoneOfLocation(message: Message): Promise<string | null> {
  const { location, venue, forward_origin: origin } = message
  if (location === undefined || venue !== undefined || origin !== undefined) return null
  if (location.live_period !== undefined) return null
  // The map has 70 kB and is loaded only when someone shares a location.
  const { default: zoneAt } = await import('@photostructure/tz-lookup')
  return zoneAt(location.latitude, location.longitude)
}
