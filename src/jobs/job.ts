import type { Store } from '../domain/core/context.ts'
import type { Scope } from '../domain/core/scope.ts'
import { type OwnerSettings, readOwnerSettings } from '../domain/settings/settings.ts'
import type { Log } from '../log.ts'

/** What jobs are built from. */
export interface JobsDeps {
  readonly store: Store
  readonly ownerId: string
  readonly now: () => Date
  readonly log: Log
  /** Whether this process is the one that does them; one that stood still may have been replaced. */
  readonly leads?: () => boolean
}

/** Something to be done at its time. It queues messages and sends none; run twice, or by two at once, it does its work once. */
export interface Job {
  readonly name: string
  /** How often it looks whether it has something to do. */
  readonly everyMinutes: number
  readonly run: (deps: JobsDeps) => Promise<void>
}

/** The settings of an owner whom something can be told. */
export type BoundSettings = OwnerSettings & { readonly chatId: number }

/** The settings, null while nobody is bound or wants to be told. */
export async function readBound(scope: Scope): Promise<BoundSettings | null> {
  const settings = await readOwnerSettings(scope)
  const { chatId, userId, enabled } = settings
  return chatId === null || userId === null || !enabled ? null : { ...settings, chatId }
}
