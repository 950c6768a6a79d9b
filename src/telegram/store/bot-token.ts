import { z } from 'zod'
import { decryptSecret, encryptSecret } from '../../domain/access/secrets.ts'
import type { Change } from '../../domain/core/commit/commit.ts'
import type { Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { parse } from '../../domain/core/parse.ts'
import type { Scope } from '../../domain/core/scope.ts'
import { botTokenKey } from '../../domain/settings/setting-specs.ts'
import { readStored, storedSettingRows } from '../../domain/settings/stored-settings.ts'

const BotToken = z
  .string()
  .trim()
  .regex(/^\d{1,20}:[\w-]{10,200}$/, 'The bot token must look like 123456:ABC…, as BotFather gives it')

/** Reads the bot's token; null if none is stored. Throws `invalid` if it was encrypted with another secret. */
export async function readBotToken({ db, ownerId }: Scope, secretKey: string): Promise<string | null> {
  const sealed = (await readStored(db, ownerId))[botTokenKey]
  return sealed ? decryptSecret(sealed, secretKey) : null
}

/** Stores the bot's token encrypted, so the next start needs none. Returns whether it is new. Throws `invalid`. */
export async function storeBotToken(ctx: Ctx, token: string, secretKey: string): Promise<boolean> {
  const wanted = parse(BotToken, token)
  return ctx.commit(async (db): Promise<Change<boolean>> => {
    const stored = await readStored(db, ctx.ownerId)
    const sealed = stored[botTokenKey]
    if (sealed && opens(sealed, secretKey) === wanted) return { unchanged: true, result: false }
    return {
      result: true,
      rows: storedSettingRows(ctx, stored, { [botTokenKey]: encryptSecret(wanted, secretKey) }),
      events: [],
      // The bot's id is public; the rest of the token is not.
      audit: [
        {
          action: 'setting.change',
          targetType: 'setting',
          targetId: botTokenKey,
          meta: { botId: wanted.split(':')[0] },
        },
      ],
    }
  })
}

function opens(sealed: string, secretKey: string): string | null {
  try {
    return decryptSecret(sealed, secretKey)
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}
