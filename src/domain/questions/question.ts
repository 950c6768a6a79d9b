import type {
  Answerer,
  AskedTool,
  Engine,
  QuestionAnswer,
  QuestionDraft,
  QuestionItem,
  QuestionKind,
  QuestionState,
  TaskStatus,
} from '../../db/schema.ts'
import type { Run } from '../runs/store.ts'

export type {
  Answerer,
  AskedTool,
  QuestionAnswer,
  QuestionDraft,
  QuestionItem,
  QuestionKind,
  QuestionState,
} from '../../db/schema.ts'
export { questionKinds, questionStates } from '../../db/schema.ts'

/** An open question, as part of its task. */
export interface OpenQuestion {
  readonly id: string
  readonly kind: QuestionKind
  readonly items: readonly QuestionItem[]
  readonly detail: string | null
  /** The name of the token that asked; null if it is unknown. */
  readonly name: string | null
  readonly engine: Engine | null
  /** The runner that started the agent that asks; null without one. */
  readonly runner: { readonly name: string } | null
  readonly askedAt: Date
  /** Null: it never expires. */
  readonly expiresAt: Date | null
  /** The tool use that a hook asks about. */
  readonly tool: AskedTool | null
  /** What the owner has answered so far; null before the first part. */
  readonly draft: QuestionDraft | null
  /** The status in which an answer requeues the task; null if the agent waits for the answer and keeps its run. */
  readonly returnsTo: TaskStatus | null
}

/** A question in any state. */
export interface Question extends OpenQuestion {
  readonly taskId: string | null
  /** The key of its task; null without one. */
  readonly taskKey: string | null
  readonly tokenId: string | null
  readonly session: string | null
  readonly state: QuestionState
  /** The answer that it gets if nobody answers in time. */
  readonly defaultAnswer: QuestionAnswer | null
  readonly answer: QuestionAnswer | null
  /** Who answered it or ended it; null while it is open, and if the board withdrew it. */
  readonly answeredBy: Answerer | null
  readonly answeredAt: Date | null
  /** When it was answered, expired or was withdrawn; null while it is open. */
  readonly closedAt: Date | null
  /** When a request first received the answer. */
  readonly fetchedAt: Date | null
  /** The message that shows only this question; null if its task's card shows it, and once the closed question is shown. */
  readonly messageId: number | null
}

/** How a question ended. */
export type ClosedQuestion = Pick<
  Question,
  | 'kind'
  | 'name'
  | 'engine'
  | 'runner'
  | 'tool'
  | 'returnsTo'
  | 'state'
  | 'answer'
  | 'answeredBy'
  | 'askedAt'
  | 'closedAt'
  | 'fetchedAt'
>

/** Tests whether an answer can be taken back: an agent that waits for a decision has it at once. */
export function isAnswerUndoable({
  kind,
  tool,
  returnsTo,
  fetchedAt,
}: Pick<Question, 'kind' | 'tool' | 'returnsTo' | 'fetchedAt'>): boolean {
  return returnsTo !== null || (kind !== 'permission' && tool === null && fetchedAt === null)
}

/** A new question. */
export interface NewQuestion {
  readonly kind: QuestionKind
  readonly items: readonly QuestionItem[]
  readonly detail: string | null
  readonly engine: Engine | null
  readonly returnsTo: TaskStatus | null
  readonly session?: string | null
  readonly defaultAnswer?: QuestionAnswer | null
  readonly expiresAt?: Date | null
  readonly key?: string | null
  readonly tool?: AskedTool | null
}

/** Returns a new question as reading it would. */
export function toOpened(
  about: {
    readonly id: string
    readonly name: string | null
    readonly askedAt: Date
    readonly tokenId: string | null
    readonly task: { readonly id: string; readonly key: string; readonly lastRun: Run | null } | null
  },
  asked: NewQuestion,
): Question {
  const { id, name, askedAt, tokenId, task } = about
  const { key: _, ...question } = asked
  const run = task?.lastRun ?? null
  return {
    session: null,
    defaultAnswer: null,
    expiresAt: null,
    tool: null,
    ...question,
    id,
    name,
    runner: run?.tokenId === tokenId ? run.runner : null,
    askedAt,
    tokenId,
    taskId: task?.id ?? null,
    taskKey: task?.key ?? null,
    state: 'open',
    draft: null,
    answer: null,
    answeredBy: null,
    answeredAt: null,
    closedAt: null,
    fetchedAt: null,
    messageId: null,
  }
}

type Items = Pick<OpenQuestion, 'items' | 'draft'>

/** Returns the item that the owner answers next; undefined if there is none. */
export function currentItem({ items, draft }: Items): QuestionItem | undefined {
  return items[draft?.items.length ?? 0]
}

/** Returns the question's first line for lists and notifications. */
export function firstItemText(question: Items): string {
  return (currentItem(question) ?? question.items[0])?.text ?? ''
}

/** The owner's answer to a question that no request has received. */
export interface UnfetchedAnswer {
  readonly id: string
  readonly items: readonly QuestionItem[]
  readonly answer: QuestionAnswer
}

/** Returns an answer with its question, as a comment on the task. */
export function toComment({ items, answer }: UnfetchedAnswer): string {
  return answer.items
    .map(({ id, text }) => `${items.find((item) => item.id === id)?.text ?? ''}\n→ ${text}`.trim())
    .join('\n\n')
}
