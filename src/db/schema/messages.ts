import type { TaskStatus } from './values.ts'

// The shapes of the JSON columns of messages: what is sent, and what a reply to it means.

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

/** A chart stored as its title and period instead of its bytes. */
export interface StoredPicture {
  readonly title: string
  readonly from: string
  readonly to: string
  readonly timeZone: string
}

/** What a reply to a message means if it is more than a comment on its task. */
export type ReplyTopic =
  | {
      readonly kind: 'prompt'
      readonly ask: PromptKind
      readonly taskId?: string
      readonly about?: string
      /** The message whose button asked; the answer shows there. */
      readonly shownIn?: number | undefined
      /** Asks again after a refused answer; the owner's next message is the answer. */
      readonly again?: true
    }
  | { readonly kind: 'digest'; readonly taskIds: readonly string[] }
  | DeckTopic
  | BoardTopic
  | { readonly kind: 'list'; readonly query: string }
  | { readonly kind: 'new-token'; readonly name: string }
  /** A message with only an agent's question; a reply answers it. */
  | { readonly kind: 'question'; readonly questionId: string }
  /** A line for a runner, posted because of an update. */
  | { readonly kind: 'runner'; readonly updateId: number }

/** The progress of a triage deck. */
export interface DeckTopic {
  readonly kind: 'deck'
  readonly taskId: string | null
  /** The ids of skipped tasks. */
  readonly skipped: readonly string[]
  /** Where tasks went, by task id. */
  readonly moved: Readonly<Record<string, DeckOutcome>>
  /** The audit ids of the changes that Undo can still take back, newest last. */
  readonly undos?: readonly string[]
}

/** What happened to a task in the deck: the status it was moved to, or another action. */
export type DeckOutcome = TaskStatus | 'queued' | 'later' | 'deleted'

/** The tasks that are selected on the board. */
export interface BoardTopic {
  readonly kind: 'board'
  /** The ids of the tasks that the next button changes together. */
  readonly picked: readonly string[]
}

/** What the bot asked for in a message whose reply is the answer. */
export type PromptKind =
  | 'answer'
  | 'deny'
  | 'change'
  | 'send-back'
  | 'title'
  | 'note'
  | 'criteria'
  | 'due'
  | 'label'
  | 'branch'
  | 'token-name'
  | 'time-zone'
  | 'digest-time'
  | 'quiet-hours'
  | 'project-name'
  | 'project-repo'
  | 'project-instructions'
  | 'project-description'
  | 'project-url'
  | 'project-picture'
  | 'project-branch'
  | 'new-label'
  | 'label-name'
  | 'stale-after'
  | 'queued-after'
  | 'runner-chat'
  | 'runner-bot'
  | 'search'
  | 'new-task'
