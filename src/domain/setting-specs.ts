import { z } from 'zod'
import { ProjectKey } from './projects/key.ts'
import { isTimeOfDay } from './time.ts'
import { isTimeZone, resolveTimeZone } from './time-zone.ts'

/** How one setting is stored: its key, how its text becomes a value and back, and what it is where nothing fitting is stored. */
export interface SettingSpec<Value, Fallback extends Value | null> {
  readonly key: string
  readonly codec: z.ZodType<Value, string>
  readonly fallback: Fallback
}

const spec = <Value, Fallback extends Value | null>(
  key: string,
  codec: z.ZodType<Value, string>,
  fallback: Fallback,
): SettingSpec<Value, Fallback> => ({ key, codec, fallback })

const flag = z.codec(z.enum(['true', 'false']), z.boolean(), {
  decode: (text) => text === 'true',
  encode: (value) => (value ? 'true' : 'false'),
})
const whole = (min: number, max: number) =>
  z.codec(z.string().regex(/^-?\d{1,16}$/), z.int().min(min).max(max), {
    decode: (text) => Number(text),
    encode: (value) => String(value),
  })
const timeZone = z.codec(
  z.string(),
  z.string().refine(isTimeZone, 'must be a time zone like Europe/Berlin'),
  {
    decode: (text) => text,
    encode: (value) => resolveTimeZone(value) ?? value,
  },
)
const timeOfDay = z.string().refine(isTimeOfDay, 'must be a time of day like 09:00')
const timeWindow = z.string().refine((text) => {
  const [start, end, ...rest] = text.split('-')
  return isTimeOfDay(start) && isTimeOfDay(end) && start !== end && rest.length === 0
}, 'must be two times of day like 22:00-07:00')
const projectKeys = z.codec(z.string(), z.array(ProjectKey), {
  decode: (text) => text.split(',').filter((key) => key !== ''),
  encode: (keys) => [...new Set(keys)].sort().join(','),
})
const minutes = whole(1, 7 * 24 * 60)
const projectTopics = z.codec(
  z.string(),
  z.array(z.string().regex(/^[A-Z][A-Z0-9]*:[1-9]\d{0,9}$/, 'must be a project and a topic like WEB:12')),
  {
    decode: (text) => text.split(',').filter((pair) => pair !== ''),
    encode: (pairs) => [...pairs].sort().join(','),
  },
)
const chatName = z
  .string()
  .regex(/^(?:-?[1-9]\d{0,15}|@[A-Za-z]\w{3,31})$/, 'must be the id of a chat, or its @name')
const userName = z.string().regex(/^[A-Za-z]\w{3,31}$/, 'must be the username of a bot')

/** What listens in a chat for a line that starts an agent; `openclaw-skill` is OpenClaw's older form. */
export const RunnerKind = z.enum(['none', 'openclaw', 'openclaw-skill', 'hermes'])
export type RunnerKind = z.infer<typeof RunnerKind>

/** How news of one kind arrives: with a sound, only in the task's living card, or not at all. */
export const NotificationLevel = z.enum(['loud', 'silent', 'off'])
export type NotificationLevel = z.infer<typeof NotificationLevel>

/** The settings that `changeSettings` changes. */
export const settingSpecs = {
  enabled: spec('telegram_enabled', flag, true),
  timeZone: spec('timezone', timeZone, null),
  digestTime: spec('digest_time', timeOfDay, '09:00'),
  digestEnabled: spec('digest_enabled', flag, true),
  digestLastDate: spec('digest_last_date', z.iso.date(), null),
  quietHours: spec('quiet_hours', timeWindow, null),
  notifyNeedsYou: spec('notify_needs_you', NotificationLevel, 'loud'),
  notifyFinished: spec('notify_finished', NotificationLevel, 'loud'),
  notifyInfo: spec('notify_info', NotificationLevel, 'silent'),
  defaultProject: spec('default_project', ProjectKey, null),
  lastProject: spec('last_project', ProjectKey, null),
  mutedProjects: spec<string[], string[]>('muted_projects', projectKeys, []),
  staleAfterMinutes: spec('stale_after_minutes', minutes, 30),
  queuedAfterMinutes: spec('queued_after_minutes', minutes, 60),
  /** How long events stay in the outbox for agents that follow it. */
  keepEventsDays: spec('keep_events_days', whole(1, 365), 30),
  runner: spec('runner', RunnerKind, 'none'),
  runnerChat: spec('runner_chat', chatName, null),
  runnerBot: spec('runner_bot', userName, null),
  /** Topics of the owner's group that take the news of one project, as `KEY:thread`. */
  projectTopics: spec<string[], string[]>('project_topics', projectTopics, []),
} as const

/** Where the owner is; only binding and unbinding the chat changes these. */
export const chatSpecs = {
  chatId: spec('telegram_chat_id', whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), null),
  threadId: spec('telegram_thread_id', whole(1, Number.MAX_SAFE_INTEGER), null),
  userId: spec('telegram_user_id', whole(1, Number.MAX_SAFE_INTEGER), null),
} as const

export const botTokenKey = 'telegram_bot_token'

/** What the bot remembers by itself; such a change is none of the owner's. */
export const rememberedSettings: readonly SettingName[] = ['lastProject', 'digestLastDate']

export type SettingName = keyof typeof settingSpecs
type ValueOf<Spec> = Spec extends SettingSpec<infer Value, infer _> ? Value : never

/** New values by name; null goes back to the default. */
export type SettingsPatch = {
  readonly [Name in SettingName]?: ValueOf<(typeof settingSpecs)[Name]> | null | undefined
}

/** The value of a stored text, the fallback where it does not fit. */
export function decodeSetting<Value, Fallback extends Value | null>(
  { codec, fallback }: SettingSpec<Value, Fallback>,
  stored: string | undefined,
): Value | Fallback {
  if (stored === undefined) return fallback
  const decoded = z.safeDecode(codec, stored)
  return decoded.success ? decoded.data : fallback
}
