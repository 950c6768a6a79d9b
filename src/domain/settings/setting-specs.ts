import { z } from 'zod'
import { ProjectKey } from '../projects/key.ts'
import { isTimeOfDay } from '../time/time.ts'
import { isTimeZone, resolveTimeZone } from '../time/time-zone.ts'

/** How one setting is stored: its key, its text codec, and its value when nothing valid is stored. */
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
const timeOfDay = z.string().refine(isTimeOfDay, 'must be a time like 09:00')
const timeWindow = z.string().refine((text) => {
  const [start, end, ...rest] = text.split('-')
  return isTimeOfDay(start) && isTimeOfDay(end) && start !== end && rest.length === 0
}, 'must be two times like 22:00-07:00')
const projectKeys = z.codec(z.string(), z.array(ProjectKey), {
  decode: (text) => text.split(',').filter((key) => key !== ''),
  encode: (keys) => [...new Set(keys)].sort().join(','),
})
const minutes = whole(1, 7 * 24 * 60)
const projectTopics = z.codec(
  z.string(),
  z.array(z.string().regex(/^[A-Z][A-Z0-9]*:[1-9]\d{0,9}$/, 'must be a project and topic like WEB:12')),
  {
    decode: (text) => text.split(',').filter((pair) => pair !== ''),
    encode: (pairs) => [...pairs].sort().join(','),
  },
)
const chatName = z.string().regex(/^(?:-?[1-9]\d{0,15}|@[A-Za-z]\w{3,31})$/, 'must be a chat ID or @name')
const userName = z.string().regex(/^[A-Za-z]\w{3,31}$/, "must be a bot's username")

/** What watches a chat for a line that starts an agent; `openclaw-skill` is OpenClaw's older syntax. */
export const RunnerKind = z.enum(['none', 'openclaw', 'openclaw-skill', 'hermes'])
export type RunnerKind = z.infer<typeof RunnerKind>

/** How notifications of one kind arrive: with a sound, silently, or not at all. */
export const NotificationLevel = z.enum(['loud', 'silent', 'off'])
export type NotificationLevel = z.infer<typeof NotificationLevel>

/** Where the owner is: `away` makes agents wait longer for an answer, `here` leaves permissions to the terminal. */
export const Presence = z.enum(['away', 'here'])
export type Presence = z.infer<typeof Presence>

// The agents' hooks give up after 600 s.
const holdSeconds = whole(5, 590)

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
  /** How long agents can read past events. */
  keepEventsDays: spec('keep_events_days', whole(1, 365), 30),
  runner: spec('runner', RunnerKind, 'none'),
  runnerChat: spec('runner_chat', chatName, null),
  runnerBot: spec('runner_bot', userName, null),
  /** Group topics that get one project's updates, as `KEY:thread`. */
  projectTopics: spec<string[], string[]>('project_topics', projectTopics, []),
  presence: spec('presence', Presence, null),
  /** While it is set, every permission is denied. */
  locked: spec('locked', flag, false),
  holdClaude: spec('hold_claude', holdSeconds, 540),
  holdCodex: spec('hold_codex', holdSeconds, 50),
  holdProxy: spec('hold_proxy', holdSeconds, 50),
} as const

/** The owner's chat; only linking and unlinking it changes these. */
export const chatSpecs = {
  chatId: spec('telegram_chat_id', whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), null),
  threadId: spec('telegram_thread_id', whole(1, Number.MAX_SAFE_INTEGER), null),
  userId: spec('telegram_user_id', whole(1, Number.MAX_SAFE_INTEGER), null),
} as const

export const botTokenKey = 'telegram_bot_token'

/** What the bot remembers by itself; the owner didn't change these. */
export const rememberedSettings: readonly SettingName[] = ['lastProject', 'digestLastDate']

export type SettingName = keyof typeof settingSpecs
type ValueOf<Spec> = Spec extends SettingSpec<infer Value, infer _> ? Value : never

/** New values by name; null goes back to the default. */
export type SettingsPatch = {
  readonly [Name in SettingName]?: ValueOf<(typeof settingSpecs)[Name]> | null | undefined
}

/** The value of a stored text; the fallback if it's invalid. */
export function decodeSetting<Value, Fallback extends Value | null>(
  { codec, fallback }: SettingSpec<Value, Fallback>,
  stored: string | undefined,
): Value | Fallback {
  if (stored === undefined) return fallback
  const decoded = z.safeDecode(codec, stored)
  return decoded.success ? decoded.data : fallback
}
