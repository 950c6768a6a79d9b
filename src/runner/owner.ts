import { z } from 'zod'
import { type Board, BoardRefusal, parseAnswer } from './board.ts'

const waitSeconds = 50
// The owner may sleep. Then the agent is refused and goes on, or blocks.
const timeoutSeconds = 24 * 3_600
const maxText = 1_000
const maxDetail = 50_000
const maxLabel = 200

/** An item of a question. */
export interface AskedItem {
  readonly text: string
  readonly options?: readonly { readonly label: string; readonly description?: string | undefined }[]
  readonly multi?: boolean
}

/** A question of an agent that waits for the answer. */
export interface OwnerQuestion {
  readonly kind: 'ask' | 'permission' | 'plan'
  readonly items: readonly AskedItem[]
  /** What the owner allows or reads: a command, a diff, a plan. */
  readonly detail?: string
  /** The agent's own ID of its request: the same one isn't asked twice. */
  readonly id: string
  /** Withdraws the question. */
  readonly signal: AbortSignal
}

const Answer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      options: z.array(z.object({ id: z.string(), label: z.string() })),
    }),
  ),
})
/** The owner's answer; options are numbered from 1 in the order they were given. */
export type OwnerAnswer = z.infer<typeof Answer>

const QuestionAnswer = z.object({
  question: z.object({ id: z.string(), state: z.string(), answer: Answer.optional() }),
})

/** A permission: whether it is given, and the owner's reason if not. */
export interface Permission {
  readonly isAllowed: boolean
  readonly reason: string
}

/** The owner, who answers in the chat. */
export interface RunOwner {
  /** Asks, and waits for the answer; null if the question was closed without one. */
  readonly ask: (asked: OwnerQuestion) => Promise<OwnerAnswer | null>
  /** Asks for a permission. What is too long to be shown isn't allowed. */
  readonly permit: (
    asked: Omit<OwnerQuestion, 'kind' | 'items'> & { readonly text: string },
  ) => Promise<Permission>
}

export interface OwnerOptions {
  readonly board: Board
  readonly run: { readonly id: string; readonly token: string }
  readonly taskKey: string
  /** In mode auto, nobody is asked for a permission. */
  readonly mode: 'ask' | 'auto'
}

/** Opens the way to the owner for one run. */
export function openOwner({ board, run, taskKey, mode }: OwnerOptions): RunOwner {
  const ask: RunOwner['ask'] = async ({ kind, items, detail, id, signal }) => {
    if (signal.aborted) return null
    const question = {
      task: taskKey,
      kind,
      ...toBody(items),
      ...(detail === undefined || detail === '' ? {} : { detail: clip(detail, maxDetail) }),
      timeout_s: timeoutSeconds,
      key: `${run.id}:${id}`.slice(0, 200),
    }
    const common = { token: run.token, signal }
    let open: string | null = null
    try {
      let answer = await board.send({ ...common, method: 'POST', path: '/api/questions', body: question })
      for (;;) {
        const { question: asked } = parseAnswer(answer, QuestionAnswer)
        if (asked.state !== 'open') return asked.answer ?? null
        open = asked.id
        const path = `/api/questions/${asked.id}?wait=${waitSeconds}`
        answer = await board.send({ ...common, method: 'GET', path, wait: waitSeconds })
      }
    } catch (error) {
      // The run has ended on the board, or the question isn't allowed.
      if (!signal.aborted && !(error instanceof BoardRefusal)) throw error
      if (open !== null) await withdraw(open)
      return null
    }
  }
  const withdraw = async (id: string) => {
    const signal = AbortSignal.timeout(5_000)
    const path = `/api/questions/${id}`
    await board.send({ method: 'DELETE', path, token: run.token, signal }).catch(() => {})
  }
  return {
    ask,
    permit: async ({ text, detail = '', id, signal }) => {
      if (mode === 'auto') return { isAllowed: true, reason: '' }
      if ([...detail].length > maxDetail)
        return { isAllowed: false, reason: 'This is too long to be shown to the owner. Use smaller steps.' }
      const answer = await ask({ kind: 'permission', items: [{ text }], detail, id, signal })
      return toPermission(answer)
    },
  }
}

function toPermission(answer: OwnerAnswer | null): Permission {
  const [item] = answer?.items ?? []
  if (item === undefined) return { isAllowed: false, reason: 'The owner did not answer.' }
  const [option] = item.options
  if (option?.id === 'allow') return { isAllowed: true, reason: '' }
  const isPlain = item.text === '' || item.text === option?.label
  return { isAllowed: false, reason: isPlain ? 'The owner denied this.' : item.text }
}

function toBody(items: readonly AskedItem[]): object {
  const short = items.map(({ text, options = [], multi = false }) => ({
    text: clip(text, maxText),
    ...(options.length === 0 ? {} : { options: options.map(toOption) }),
    ...(multi ? { multi } : {}),
  }))
  const [only, ...others] = short
  if (only === undefined || others.length > 0) return { items: short }
  const { text, ...rest } = only
  return { question: text, ...rest }
}

function toOption({ label, description }: NonNullable<AskedItem['options']>[number]): object {
  return {
    label: clip(label, maxLabel),
    ...(description === undefined || description === '' ? {} : { description: clip(description, maxText) }),
  }
}

function clip(text: string, max: number): string {
  const points = [...text]
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`
}
