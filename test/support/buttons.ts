import { features } from '../../src/bot/features/features.ts'

/** Every button that a feature handles. */
export const buttons = features().flatMap((feature) => feature.buttons)

/** A button that was read back: its name and its payload. */
export interface ReadButton {
  readonly name: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Reads callback data as the features do; null if none of them handles it. */
export function readButton(data: string): ReadButton | null {
  for (const { name, decode } of buttons) {
    const payload = decode(data)
    if (payload !== null) return { name, payload: payload as ReadButton['payload'] }
  }
  return null
}
