import { z } from 'zod'
import type { RunOwner } from '../owner.ts'

/** A file that Codex wants to change. */
export const FileChange = z.looseObject({ path: z.string(), diff: z.string() })
export type FileChange = z.infer<typeof FileChange>

interface CodexRequest {
  readonly method: string
  readonly params: unknown
  readonly signal: AbortSignal
  readonly owner: RunOwner
  /** The diffs of announced file changes, by their item. */
  readonly changes: ReadonlyMap<string, string>
}

const Approval = z.looseObject({
  itemId: z.string(),
  approvalId: z.string().nullish(),
  reason: z.string().nullish(),
  command: z.string().nullish(),
  grantRoot: z.string().nullish(),
})

const UserInput = z.looseObject({
  itemId: z.string(),
  questions: z
    .array(
      z.looseObject({
        id: z.string(),
        question: z.string(),
        isSecret: z.boolean().optional(),
        options: z
          .array(z.looseObject({ label: z.string(), description: z.string().optional() }))
          .max(6)
          .nullish(),
      }),
    )
    .min(1)
    .max(4),
})

/** Answers a request of Codex with the owner's decision. Throws if the runner doesn't know the request. */
export async function answerRequest(request: CodexRequest): Promise<unknown> {
  switch (request.method) {
    case 'item/commandExecution/requestApproval':
    case 'item/fileChange/requestApproval':
      return approve(request)
    case 'item/permissions/requestApproval':
      // More rights for the rest of a turn can't be shown as one exact step. Codex then asks for each command.
      return { permissions: {}, scope: 'turn' }
    case 'item/tool/requestUserInput':
      return askQuestions(request)
    case 'mcpServer/elicitation/request':
      return { action: 'decline', content: null, _meta: null }
    default:
      throw new Error(`${request.method} is not supported.`)
  }
}

async function approve({ method, params, signal, owner, changes }: CodexRequest): Promise<object> {
  const { itemId, approvalId, reason, command, grantRoot } = Approval.parse(params)
  const isCommand = method === 'item/commandExecution/requestApproval'
  const root = grantRoot ? `Below ${grantRoot}\n\n` : ''
  const detail = isCommand ? (command ?? '') : `${root}${changes.get(itemId) ?? ''}`
  const question = isCommand ? 'Run this command?' : 'Apply these changes?'
  const { isAllowed } = await owner.permit({
    text: reason ? `${question}\n${reason}` : question,
    detail,
    id: approvalId ?? itemId,
    signal,
  })
  return { decision: isAllowed ? 'accept' : 'decline' }
}

async function askQuestions({ params, signal, owner }: CodexRequest): Promise<object> {
  const { itemId, questions } = UserInput.parse(params)
  const items = questions.map(({ question, options }) => ({
    text: question,
    options: (options ?? []).map(({ label, description }) => ({ label, description })),
  }))
  const isSecret = questions.some((one) => one.isSecret === true)
  // The chat is no place for a password.
  const answer = isSecret ? null : await owner.ask({ kind: 'ask', items, id: itemId, signal })
  const answers = questions.map(({ id, options }, index) => {
    const item = answer?.items.find((one) => one.id === String(index + 1))
    const labels = (item?.options ?? []).flatMap((option) => options?.[Number(option.id) - 1]?.label ?? [])
    const words = item === undefined || item.text === '' ? [] : [item.text]
    return [id, { answers: labels.length > 0 ? labels : words }] as const
  })
  return { answers: Object.fromEntries(answers) }
}
