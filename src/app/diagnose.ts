import { existsSync } from 'node:fs'
import type { Api } from 'grammy'
import type { Diagnosis } from '../bot/kit/context.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/types.ts'
import { listTokenContacts } from '../domain/access/token-uses.ts'
import type { Scope } from '../domain/core/scope.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings/settings.ts'
import { duration } from '../view/kit/when.ts'
import { contactLine } from '../view/system/doctor.ts'
import { diagnoseExposure } from './exposure.ts'
import type { TelegramState } from './telegram-side.ts'

export interface DiagnoseOptions {
  readonly database: Database
  readonly api: Api
  readonly state: TelegramState
  readonly config: Config
  readonly scope: Scope
  readonly now: () => Date
  /** The address that the server listens on. */
  readonly host: string
  readonly isPlayground: boolean
}

const slowMs = 250
const silentPollMs = 90_000

/** Checks everything that can break the bot. Each problem comes with its fix. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis[]> {
  const checks = [checkDatabase, checkToken, checkIntake, checkClock, checkChat, checkExposure, checkContacts]
  const found: Diagnosis[] = []
  for (const check of checks) found.push(...[await check(options)].flat())
  return found
}

async function checkDatabase({ database }: DiagnoseOptions): Promise<Diagnosis> {
  const started = performance.now()
  try {
    await database.ping()
    const ms = Math.round(performance.now() - started)
    const kind = database.kind === 'embedded' ? 'embedded' : 'Postgres'
    const detail = `OK (${kind}, ${ms < 1 ? '<1' : ms} ms)`
    return ms > slowMs
      ? {
          name: 'Database',
          ok: false,
          detail: `slow (${kind}, ${ms} ms)`,
          fix: 'Move the bot closer to the database or give it more resources.',
        }
      : { name: 'Database', ok: true, detail }
  } catch {
    return {
      name: 'Database',
      ok: false,
      detail: 'not responding',
      fix: 'Start it, or fix DATABASE_URL.',
    }
  }
}

async function checkToken({ api, state }: DiagnoseOptions): Promise<Diagnosis> {
  try {
    const me = await api.getMe()
    return { name: 'Bot token', ok: true, detail: `@${me.username}` }
  } catch {
    return state.unauthorized
      ? {
          name: 'Bot token',
          ok: false,
          detail: 'rejected by Telegram',
          fix: 'Get a new one from @BotFather and set BOT_TOKEN.',
        }
      : {
          name: 'Telegram',
          ok: false,
          detail: 'not responding',
          fix: 'Check your network and TELEGRAM_API_ROOT.',
        }
  }
}

async function checkIntake({ api, state, config, now, isPlayground }: DiagnoseOptions): Promise<Diagnosis> {
  const hook = await api.getWebhookInfo().catch(() => null)
  if (config.PUBLIC_URL !== undefined && !isPlayground) {
    if (hook === null || !hook.url?.startsWith(config.PUBLIC_URL)) {
      return {
        name: 'Webhook',
        ok: false,
        detail: "doesn't match PUBLIC_URL",
        fix: "I'll set it again within 5 minutes; make sure nothing else uses this token.",
      }
    }
    if (hook.last_error_message !== undefined && now().getTime() / 1000 - (hook.last_error_date ?? 0) < 600) {
      return {
        name: 'Webhook',
        ok: false,
        detail: hook.last_error_message,
        fix: 'Make sure PUBLIC_URL reaches this process over HTTPS.',
      }
    }
    return { name: 'Webhook', ok: true, detail: 'OK' }
  }
  if (state.conflictSince !== null) {
    return {
      name: 'Polling',
      ok: false,
      detail: "another program is using this bot's token",
      fix: 'Stop it, or /revoke the token in @BotFather.',
    }
  }
  if (hook?.url)
    return {
      name: 'Polling',
      ok: false,
      detail: 'a leftover webhook takes the updates',
      fix: 'Restart the bot; it deletes the webhook on startup.',
    }
  const silent = state.lastPollAt === null ? null : now().getTime() - state.lastPollAt.getTime()
  return silent !== null && silent > silentPollMs
    ? {
        name: 'Polling',
        ok: false,
        detail: `no updates fetched for ${duration(silent)}`,
        fix: 'Restart the bot.',
      }
    : { name: 'Polling', ok: true, detail: 'OK' }
}

async function checkClock({ config, now }: DiagnoseOptions): Promise<Diagnosis[]> {
  const answer = await fetch(config.TELEGRAM_API_ROOT, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(3_000),
  }).catch(() => null)
  const date = Date.parse(answer?.headers.get('date') ?? '')
  if (Number.isNaN(date)) return []
  const offMs = Math.abs(now().getTime() - date)
  return offMs > 30_000
    ? [
        {
          name: 'Clock',
          ok: false,
          detail: `${duration(offMs)} off`,
          fix: 'Enable NTP on this machine.',
        },
      ]
    : [{ name: 'Clock', ok: true, detail: 'OK' }]
}

async function checkChat({ api, state, scope }: DiagnoseOptions): Promise<Diagnosis[]> {
  const settings = await readOwnerSettings(scope)
  if (settings.chatId === null || state.me === null) return []
  try {
    const chat = await api.getChat(settings.chatId)
    if (chat.type === 'private') return [{ name: 'Chat', ok: true, detail: 'private' }]
    const member = await api.getChatMember(settings.chatId, state.me.id)
    if (await isAnonymous(api, settings)) {
      return [
        {
          name: 'Chat',
          ok: false,
          detail: 'you post as the group',
          fix: 'Turn off Remain anonymous in your admin rights.',
        },
      ]
    }
    const mayWrite = member.status === 'administrator' || member.status === 'member'
    return mayWrite
      ? [{ name: 'Chat', ok: true, detail: chat.type }]
      : [
          {
            name: 'Chat',
            ok: false,
            detail: member.status === 'restricted' ? "I can't write here" : "I'm not in the group",
            fix: 'Add me to the group and let me send messages.',
          },
        ]
  } catch {
    return [
      {
        name: 'Chat',
        ok: false,
        detail: 'unreachable',
        fix: 'Unblock the bot, or open the setup link again.',
      },
    ]
  }
}

async function checkExposure({ database, ...facts }: DiagnoseOptions): Promise<Diagnosis[]> {
  const { DATA_DIR, SECRET_KEY } = facts.config
  const isUsed = database.kind === 'embedded' || SECRET_KEY === undefined
  return diagnoseExposure({ ...facts, dataDir: isUsed && existsSync(DATA_DIR) ? DATA_DIR : null })
}

const maxContacts = 10

async function checkContacts({ scope, now }: DiagnoseOptions): Promise<Diagnosis[]> {
  const at = now()
  const contacts = await listTokenContacts(scope, at)
  return contacts.slice(0, maxContacts).map((contact) => ({
    name: contact.name,
    ok: true,
    detail: contactLine(contact, at),
  }))
}

/** Returns whether the owner is an anonymous admin, whose messages can't be told from the group's. */
async function isAnonymous(api: Api, { chatId, userId }: OwnerSettings): Promise<boolean> {
  if (chatId === null || userId === null) return false
  const owner = await api.getChatMember(chatId, userId).catch(() => null)
  return owner !== null && 'is_anonymous' in owner && owner.is_anonymous
}
