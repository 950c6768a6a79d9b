import { isDatabaseDown } from '../domain/errors.ts'
import type { BotMessageRow, StoredRequest } from '../domain/messages.ts'
import type { OwnerSettings } from '../domain/settings.ts'
import { findTask, readDetail, type Scope } from '../domain/tasks/read.ts'
import { findRunner } from '../domain/tasks/runner.ts'
import { inQuietHours } from '../domain/time.ts'
import type { Log } from '../log.ts'
import { truncateHtml } from '../view/html.ts'
import { toRequest } from '../view/request.ts'
import { taskCard, taskVersion } from '../view/task-card.ts'

/** Where and when a message is shown. */
export type Bound = OwnerSettings & { readonly chatId: number; readonly now: Date }

export function isBound(settings: OwnerSettings): settings is OwnerSettings & { readonly chatId: number } {
  return settings.chatId !== null && settings.userId !== null && settings.enabled
}

/** A request with the version of what it shows, and when that was last changed. */
export interface Rendered {
  readonly request: StoredRequest
  readonly version: string | null
  readonly seen: Date | null
  /** Worth posting anew where the message is gone. */
  readonly isOpen: boolean
}

/** What a row says: as it was stored, or as the truth is at its turn; null where nothing is known of it any more. */
export async function render(
  { scope, log }: { readonly scope: Scope; readonly log: Log },
  row: BotMessageRow,
  bound: Bound,
): Promise<Rendered | null> {
  const stored = row.request as unknown as StoredRequest | null
  if (stored !== null) return { request: stored, version: null, seen: null, isOpen: true }
  try {
    return await renderCard(scope, row, bound)
  } catch (error) {
    if (isDatabaseDown(error)) throw error
    log.error({ err: error, id: row.id }, 'a card could not be made')
    return null
  }
}

/** A living card as the truth is at its turn; null where its task is gone, or it is no card. */
async function renderCard(
  scope: Scope,
  row: BotMessageRow,
  { now, timeZone }: Bound,
): Promise<Rendered | null> {
  const task = row.purpose === 'card' && row.taskId !== null ? await findTask(scope, row.taskId) : null
  if (task === null) return null
  const detail = await readDetail(scope, task)
  const runner = task.runState === 'running' ? await findRunner(scope, task.key) : null
  const card = taskCard(detail, { now, timeZone, runner: runner?.name })
  return {
    request: toRequest(card, { silent: true }),
    version: taskVersion(detail),
    seen: detail.updatedAt,
    isOpen: task.status !== 'done' && task.status !== 'archived',
  }
}

const mark = '↻ possibly a repeat'
// Telegram's limits of what a message and a caption show.
const room = { text: 4_096, caption: 1_024 } as const

/** A request as it is said now: without a sound in quiet hours, and marked where it may have arrived before. */
export function said(
  request: StoredRequest,
  row: BotMessageRow,
  { now, quietHours, timeZone }: Bound,
): StoredRequest {
  if (request.method === 'setMessageReaction') return request
  const isQuiet = quietHours !== null && inQuietHours(now, quietHours, timeZone)
  const field = request.method === 'sendMessage' ? 'text' : 'caption'
  const words = String(request.parameters[field] ?? '')
  // A caption may be as long as one can be; the file says the rest.
  const { html } = truncateHtml({ html: words }, room[field] - mark.length - 1)
  const parameters = {
    ...request.parameters,
    ...(row.state === 'uncertain' ? { [field]: [mark, html].filter(Boolean).join('\n') } : {}),
    ...(isQuiet ? { disable_notification: true } : {}),
  }
  return { ...request, parameters }
}
