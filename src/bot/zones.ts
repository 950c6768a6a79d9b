import type { BotContext } from './context.ts'

/** The time zone of this machine: where one person runs the bot, most likely the owner's. */
export function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The time zone of a shared location; null where the update has none. */
export async function zoneOfLocation(ctx: BotContext): Promise<string | null> {
  const location = ctx.message?.location
  if (location === undefined) return null
  // 70 kB of map, read when somebody shares a location and not before.
  const { default: zoneAt } = await import('@photostructure/tz-lookup')
  return zoneAt(location.latitude, location.longitude)
}
