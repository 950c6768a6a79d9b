import type { TaskStatus } from '../../../db/schema.ts'

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
