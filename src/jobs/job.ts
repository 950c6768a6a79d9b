import type { Store } from '../domain/core/context.ts'
import type { Scope } from '../domain/core/scope.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings/settings.ts'
import type { Log } from '../log.ts'

/** The jobs' dependencies. */
export interface JobsDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
  /** When this process became the leader; absent: long ago. */
  readonly since?: Date
  /** Returns whether this process is the leader. A process that froze may have been replaced. */
  readonly leads?: () => boolean
}

/** Work that is done again and again. It queues messages but doesn't send them. It's idempotent, even if two processes run it at once. */
export interface TimedWork {
  readonly name: string
  readonly run: (deps: JobsDeps) => Promise<void>
}

/** Work at full minutes. */
export interface Job extends TimedWork {
  readonly everyMinutes: number
}

/** The settings of an owner who can be notified. */
export type BoundSettings = OwnerSettings & { readonly chatId: number }

/** Reads the settings; null if no chat is linked or notifications are off. */
export async function readBound(scope: Scope): Promise<BoundSettings | null> {
  const settings = await readOwnerSettings(scope)
  const { chatId, userId, enabled } = settings
  return chatId === null || userId === null || !enabled ? null : { ...settings, chatId }
}
