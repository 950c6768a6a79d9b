import type { BotContext } from './context.ts'

/** This machine's time zone. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** This machine's time zone if it names a place: a server is often set to UTC. */
export function placeZone(): string | undefined {
  const zone = machineZone()
  return zone.includes('/') && !zone.startsWith('Etc/') ? zone : undefined
}

/** The time zone of a shared location; null if the update has none. */
export async function zoneOfLocation(ctx: BotContext): Promise<string | null> {
  const location = ctx.message?.location
  if (location === undefined) return null
  // A 70 kB map, loaded only when someone shares a location.
  const { default: zoneAt } = await import('@photostructure/tz-lookup')
  return zoneAt(location.latitude, location.longitude)
}
