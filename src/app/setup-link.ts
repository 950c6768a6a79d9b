import type { Config } from '../config.ts'
import type { Store } from '../domain/core/context.ts'
import type { Wakeup } from '../domain/core/outbox.ts'
import type { Scope } from '../domain/core/scope.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import type { Log } from '../log.ts'
import { createSetupCode, isUsed } from '../telegram/store/setup-code.ts'
import type { TelegramState } from './telegram-side.ts'

/** Builds the link that opens the bot's chat with a code that makes the sender the owner. */
export function toSetupLink(botName: string, code: string): string {
  return `https://t.me/${botName}?start=${code}`
}

/**
 * Makes the link that turns the person who opens it into the owner; null if the bot has an owner. Waits until Telegram gives the bot's
 * name. Throws `RefusedTokenError`.
 */
export async function createSetupLink(parts: {
  readonly scope: Scope
  readonly store: Store
  readonly state: TelegramState
  readonly config: Config
  readonly wakeup: Wakeup
  readonly now: () => Date
  readonly log: Log
  readonly signal: AbortSignal
}): Promise<string | null> {
  const { scope, store, state, config, wakeup, now, log, signal } = parts
  while (state.me === null) {
    if (signal.aborted) return null
    if (state.unauthorized) throw new RefusedTokenError(config.TELEGRAM_API_ROOT)
    await wakeup.wait(100, signal)
  }
  const settings = await readOwnerSettings(scope)
  if (settings.userId !== null) return null
  const code = await firstSetupCode(store, { fixedCode: config.SETUP_CODE, now: now() })
  if (code === null) log.warn({}, 'SETUP_CODE is used up; for a new link: npm run link')
  return code === null ? null : toSetupLink(state.me.username, code)
}

/** Returns the code for the link printed at startup: a new one, or SETUP_CODE; null once SETUP_CODE is used. */
async function firstSetupCode(
  store: Store,
  { fixedCode, now }: { readonly fixedCode: string | undefined; readonly now: Date },
): Promise<string | null> {
  if (fixedCode === undefined) return createSetupCode(store, now)
  return (await isUsed(store, fixedCode)) ? null : fixedCode
}

/** Telegram doesn't know the bot token. */
export class RefusedTokenError extends Error {
  constructor(apiRoot: string) {
    super(
      `Telegram (${apiRoot}) doesn't accept the bot token. Set BOT_TOKEN to the token that @BotFather shows now.`,
    )
    this.name = 'RefusedTokenError'
  }
}
