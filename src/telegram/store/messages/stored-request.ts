import type { BotMessageRow } from '../../../db/schema.ts'

/** A Bot API call that waits in the queue: the method's name and its parameters without the chat. */
export interface StoredRequest {
  readonly method:
    | 'sendMessage'
    | 'sendDocument'
    | 'sendPhoto'
    | 'sendVideo'
    | 'sendVideoNote'
    | 'sendAudio'
    | 'sendVoice'
    | 'sendAnimation'
    | 'setMessageReaction'
  readonly parameters: Readonly<Record<string, unknown>>
  /** A text file to attach as `document`. */
  readonly file?: { readonly name: string; readonly content: string }
  /** A statistics chart, drawn right before it is sent. */
  readonly picture?: StoredPicture
  /** The HTML line that stands for this message in a list of several. */
  readonly line?: string
  /** Absent: it never becomes part of a list. */
  readonly group?: NotificationGroup
  /** The token that caused it, so tokens take turns. Absent: the board itself. */
  readonly sender?: string
  /** The audit id of the deletion that it reports. */
  readonly deletion?: string
}

/** What a message reports. */
export type ReportKind =
  | 'needs-you'
  | 'finished'
  | 'new'
  | 'changed'
  | 'due'
  | 'silent-run'
  | 'returned'
  | 'log'
  | 'deleted'

/** Waiting messages of one group become one list when there are many. */
export interface NotificationGroup {
  readonly kind: ReportKind
  /** The agent that caused it; null if none did. */
  readonly by: string | null
}

/** A task's card that waits in the queue and is rendered right before it is sent. */
export interface CardRequest {
  readonly method: 'card'
  readonly group: NotificationGroup
  readonly sender?: string
  readonly silent: boolean
  /** When the reported change happened, as an ISO instant. */
  readonly since: string
  /** The due time or run that it reports; the report is void once the task has another. */
  readonly about?: string
}

/** Returns what a row is to send; null if it was sent, or shows the current state of its task. */
export function requestOf(row: Pick<BotMessageRow, 'request'>): StoredRequest | CardRequest | null {
  // Only this folder writes the column, from typed values.
  return row.request as unknown as StoredRequest | CardRequest | null
}

/** A chart stored as its title and period instead of its bytes. */
export interface StoredPicture {
  readonly title: string
  readonly from: string
  readonly to: string
  readonly timeZone: string
}
