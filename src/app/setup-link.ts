import type { Store } from '../domain/core/context.ts'
import { createSetupCode, isUsed } from '../telegram/store/setup-code.ts'

/** Opens the bot's chat with a code that makes the sender the owner. */
export function toSetupLink(botName: string, code: string): string {
  return `https://t.me/${botName}?start=${code}`
}

/** The code for the link that a start prints: a new one, or SETUP_CODE until that is used; null from then on. */
export async function firstSetupCode(
  store: Store,
  { fixedCode, now }: { readonly fixedCode: string | undefined; readonly now: Date },
): Promise<string | null> {
  if (fixedCode === undefined) return createSetupCode(store, now)
  return (await isUsed(store, fixedCode)) ? null : fixedCode
}
