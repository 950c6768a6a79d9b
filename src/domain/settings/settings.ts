import { v7 } from 'uuid'
import { z } from 'zod'
import type { Reader } from '../../db/types.ts'
import type { Change } from '../core/commit/commit.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { requireProject } from '../projects/read.ts'
import {
  chatSpecs,
  decodeSetting,
  type NotificationLevel,
  type Presence,
  type RunnerKind,
  rememberedSettings,
  type SettingName,
  type SettingSpec,
  type SettingsPatch,
  settingSpecs,
} from './setting-specs.ts'
import { readStored, type StoredSettings, storedSettingRows } from './stored-settings.ts'

/** The owner's settings with defaults filled in. */
export interface OwnerSettings {
  readonly chatId: number | null
  readonly threadId: number | null
  readonly userId: number | null
  readonly enabled: boolean
  /** UTC until the owner sets a zone. */
  readonly timeZone: string
  readonly timeZoneSet: boolean
  /** `HH:MM` in the owner's zone. */
  readonly digestTime: string
  readonly digestEnabled: boolean
  /** The local date of the last digest, `YYYY-MM-DD`. */
  readonly digestLastDate: string | null
  /** `HH:MM-HH:MM`; null if no hours are quiet. */
  readonly quietHours: string | null
  readonly notify: {
    readonly needsYou: NotificationLevel
    readonly finished: NotificationLevel
    readonly info: NotificationLevel
  }
  readonly defaultProject: string | null
  readonly lastProject: string | null
  readonly mutedProjects: readonly string[]
  readonly staleAfterMinutes: number
  readonly queuedAfterMinutes: number
  readonly keepEventsDays: number
  readonly runner: RunnerSettings
  /** The topics for one project's updates, by project key. */
  readonly projectTopics: Readonly<Record<string, number>>
  readonly permissions: PermissionSettings
}

/** What happens to the permissions that agents ask for. */
export interface PermissionSettings {
  /** Null: the owner hasn't chosen. */
  readonly presence: Presence | null
  /** Every permission is denied. */
  readonly isLocked: boolean
  /** How many seconds a hook's request waits for an answer; `proxy` limits those that come through PUBLIC_URL. */
  readonly holdSeconds: { readonly claude: number; readonly codex: number; readonly proxy: number }
}

/** What starts an agent when a task is queued, and where it listens. */
export interface RunnerSettings {
  readonly kind: RunnerKind
  /** The ID or @name of a chat; null means the owner's. */
  readonly chat: string | null
  /** The username of Hermes' bot, without the @. */
  readonly bot: string | null
}

/** Reads the owner's settings; an invalid stored text counts as absent. */
export async function readOwnerSettings({ db, ownerId }: Scope): Promise<OwnerSettings> {
  return toOwnerSettings(await readStored(db, ownerId))
}

/** Returns the settings that stored texts mean. */
export function toOwnerSettings(stored: StoredSettings): OwnerSettings {
  const read = <Value, Fallback extends Value | null>(spec: SettingSpec<Value, Fallback>) =>
    decodeSetting(spec, stored[spec.key])
  const timeZone = read(settingSpecs.timeZone)
  return {
    chatId: read(chatSpecs.chatId),
    threadId: read(chatSpecs.threadId),
    userId: read(chatSpecs.userId),
    enabled: read(settingSpecs.enabled),
    timeZone: timeZone ?? 'UTC',
    timeZoneSet: timeZone !== null,
    digestTime: read(settingSpecs.digestTime),
    digestEnabled: read(settingSpecs.digestEnabled),
    digestLastDate: read(settingSpecs.digestLastDate),
    quietHours: read(settingSpecs.quietHours),
    notify: {
      needsYou: read(settingSpecs.notifyNeedsYou),
      finished: read(settingSpecs.notifyFinished),
      info: read(settingSpecs.notifyInfo),
    },
    defaultProject: read(settingSpecs.defaultProject),
    lastProject: read(settingSpecs.lastProject),
    mutedProjects: read(settingSpecs.mutedProjects),
    staleAfterMinutes: read(settingSpecs.staleAfterMinutes),
    queuedAfterMinutes: read(settingSpecs.queuedAfterMinutes),
    keepEventsDays: read(settingSpecs.keepEventsDays),
    runner: {
      kind: read(settingSpecs.runner),
      chat: read(settingSpecs.runnerChat),
      bot: read(settingSpecs.runnerBot),
    },
    projectTopics: toTopics(read(settingSpecs.projectTopics)),
    permissions: {
      presence: read(settingSpecs.presence),
      isLocked: read(settingSpecs.locked),
      holdSeconds: {
        claude: read(settingSpecs.holdClaude),
        codex: read(settingSpecs.holdCodex),
        proxy: read(settingSpecs.holdProxy),
      },
    },
  }
}

function toTopics(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key = '', threadId] = pair.split(':')
      return [key, Number(threadId)]
    }),
  )
}

/**
 * Changes settings; absent ones stay, null restores the default. Throws `invalid` for an unknown name or a wrong
 * value, and `not-found` for a default project that doesn't exist.
 */
export async function changeSettings(
  ctx: Ctx,
  patch: SettingsPatch,
): Promise<{ readonly auditId: string | null }> {
  const wanted = parseSettings(patch)
  return ctx.commit((db) => decideSettings(ctx, db, wanted))
}

/** The decision of `changeSettings`, for a parsed patch. */
export async function decideSettings(
  ctx: Ctx,
  db: Reader,
  wanted: readonly ParsedSetting[],
): Promise<Change<{ readonly auditId: string | null }>> {
  const stored = await readStored(db, ctx.ownerId)
  const changed = wanted.flatMap(({ name, text }) => {
    const spec: SettingSpec<unknown, unknown> = settingSpecs[name]
    const before = decodeSetting(spec, stored[spec.key])
    const after = decodeSetting(spec, text ?? undefined)
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ name, spec, text, before, after }]
  })
  if (changed.length === 0) return { unchanged: true, result: { auditId: null } }
  for (const { name, text } of changed) {
    if (name === 'defaultProject' && text !== null) await requireProject({ db, ownerId: ctx.ownerId }, text)
  }
  const auditId = v7()
  const onlyRemembered = changed.every(({ name }) => rememberedSettings.includes(name))
  return {
    result: { auditId },
    rows: storedSettingRows(
      ctx,
      stored,
      Object.fromEntries(changed.map(({ spec, text }) => [spec.key, text])),
    ),
    events: [],
    audit: [
      {
        id: auditId,
        action: onlyRemembered ? 'setting.remember' : 'setting.change',
        targetType: 'setting',
        targetId: changed.map(({ spec }) => spec.key).join(','),
        meta: {
          before: Object.fromEntries(changed.map(({ name, before }) => [name, before])),
          after: Object.fromEntries(changed.map(({ name, after }) => [name, after])),
        },
      },
    ],
  }
}

interface ParsedSetting {
  readonly name: SettingName
  /** The stored text; null restores the default. */
  readonly text: string | null
}

/** Parses a patch; throws `invalid`. */
export function parseSettings(patch: Readonly<Record<string, unknown>>): ParsedSetting[] {
  return Object.entries(patch).flatMap(([name, value]) =>
    value === undefined ? [] : [parseSetting(name, value)],
  )
}

function parseSetting(name: string, value: unknown): ParsedSetting {
  if (!isSetting(name)) throw new DomainError('invalid', `No setting ${name.slice(0, 40)}.`, { name })
  if (value === null) return { name, text: null }
  const spec: SettingSpec<unknown, unknown> = settingSpecs[name]
  const encoded = z.safeEncode(spec.codec, value)
  if (encoded.success) return { name, text: encoded.data }
  const why = encoded.error.issues[0]?.message ?? 'is invalid'
  throw new DomainError('invalid', `${name}: ${why}.`, { name })
}

export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settingSpecs, name)
}
