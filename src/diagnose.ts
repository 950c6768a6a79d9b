import type { Api } from 'grammy'
import type { Diagnosis } from './bot/context.ts'
import type { Config } from './config.ts'
import type { Database } from './db/open.ts'
import { readOwnerSettings } from './domain/settings.ts'
import type { Scope } from './domain/tasks/read.ts'
import type { TelegramState } from './telegram-side.ts'
import { duration } from './view/when.ts'

export interface DiagnoseOptions {
  readonly database: Database
  readonly api: Api
  readonly state: TelegramState
  readonly config: Config
  readonly scope: Scope
  readonly now: () => Date
}

const slowMs = 250
const silentPollMs = 90_000

/** Looks at everything a bot can fail by; each fault comes with its mend. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis[]> {
  const checks = [checkDatabase, checkToken, checkIntake, checkClock, checkChat]
  const found: Diagnosis[] = []
  for (const check of checks) found.push(...[await check(options)].flat())
  return found
}

async function checkDatabase({ database }: DiagnoseOptions): Promise<Diagnosis> {
  const started = performance.now()
  try {
    await database.ping()
    const ms = Math.round(performance.now() - started)
    const detail = `${database.kind === 'embedded' ? 'embedded' : 'Postgres'}, answers in ${ms} ms, schema up to date`
    return ms > slowMs
      ? {
          name: 'Database',
          ok: false,
          detail,
          mend: 'Put the bot nearer to its database, or give the database more power.',
        }
      : { name: 'Database', ok: true, detail }
  } catch {
    return {
      name: 'Database',
      ok: false,
      detail: 'does not answer',
      mend: 'Start it, or correct DATABASE_URL.',
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
          detail: 'Telegram refuses it',
          mend: 'Get a new one from @BotFather and set BOT_TOKEN.',
        }
      : {
          name: 'Telegram',
          ok: false,
          detail: 'does not answer',
          mend: 'Look at the network and at TELEGRAM_API_ROOT.',
        }
  }
}

async function checkIntake({ api, state, config, now }: DiagnoseOptions): Promise<Diagnosis> {
  const hook = await api.getWebhookInfo().catch(() => null)
  if (config.PUBLIC_URL !== undefined) {
    if (hook === null || !hook.url?.startsWith(config.PUBLIC_URL)) {
      return {
        name: 'Webhook',
        ok: false,
        detail: 'is not set to PUBLIC_URL',
        mend: 'I set it again within five minutes; see that no other program uses this token.',
      }
    }
    if (hook.last_error_message !== undefined && now().getTime() / 1000 - (hook.last_error_date ?? 0) < 600) {
      return {
        name: 'Webhook',
        ok: false,
        detail: hook.last_error_message,
        mend: 'See that PUBLIC_URL reaches this process over HTTPS.',
      }
    }
    return { name: 'Webhook', ok: true, detail: 'set' }
  }
  if (state.conflictSince !== null) {
    return {
      name: 'Polling',
      ok: false,
      detail: 'another process polls this bot',
      mend: 'Stop the other process, or /revoke the token at @BotFather.',
    }
  }
  if (hook?.url)
    return {
      name: 'Polling',
      ok: false,
      detail: 'a webhook is left over',
      mend: 'Restart the bot: it deletes the webhook at start.',
    }
  const silent = state.lastPollAt === null ? null : now().getTime() - state.lastPollAt.getTime()
  return silent !== null && silent > silentPollMs
    ? {
        name: 'Polling',
        ok: false,
        detail: `silent for ${duration(silent)}`,
        mend: 'Restart the bot.',
      }
    : { name: 'Polling', ok: true, detail: 'alive' }
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
          detail: `${duration(offMs)} off Telegram's`,
          mend: 'Let the machine keep its time by NTP.',
        },
      ]
    : [{ name: 'Clock', ok: true, detail: 'right' }]
}

async function checkChat({ api, state, scope }: DiagnoseOptions): Promise<Diagnosis[]> {
  const settings = await readOwnerSettings(scope)
  if (settings.chatId === null || state.me === null) return []
  try {
    const chat = await api.getChat(settings.chatId)
    if (chat.type === 'private') return [{ name: 'Chat', ok: true, detail: 'private' }]
    const member = await api.getChatMember(settings.chatId, state.me.id)
    const mayWrite = member.status === 'administrator' || member.status === 'member'
    return mayWrite
      ? [{ name: 'Chat', ok: true, detail: chat.type }]
      : [
          {
            name: 'Chat',
            ok: false,
            detail: `the bot is ${member.status}`,
            mend: 'Make the bot a member of the group that may write.',
          },
        ]
  } catch {
    return [
      {
        name: 'Chat',
        ok: false,
        detail: 'cannot be reached',
        mend: 'Unblock the bot, or start it anew with its set-up link.',
      },
    ]
  }
}
