import { commandsOf, features } from '../../src/bot/features/features.ts'

const served = features()

/** Every button that a feature handles. */
export const buttons = served.flatMap((feature) => feature.buttons)

/** Every command, in the order of /help. */
export const commands = commandsOf(served)

/** The data of a button, its name and its payload. Buttons in chats last for years, so these bytes must never change. */
export type PinnedButton = readonly [data: string, name: string, payload: Readonly<Record<string, unknown>>]

export const id = '0198f3a4-5b6c-7d8e-9f01-23456789abcd'
/** `id` as buttons carry it. */
export const packed = 'AZjzpFtsfY6fASNFZ4mrzQ'

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
