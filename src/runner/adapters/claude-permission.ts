import { relative } from 'node:path'
import { z } from 'zod'
import type { RunOwner } from '../owner.ts'

/** Claude Code's request to use a tool. */
export const ToolUseRequest = z.looseObject({
  subtype: z.literal('can_use_tool'),
  tool_name: z.string(),
  input: z.record(z.string(), z.unknown()),
})
type ToolUseRequest = z.infer<typeof ToolUseRequest>

type ToolUseAnswer =
  | {
      readonly behavior: 'allow'
      readonly updatedInput: Readonly<Record<string, unknown>>
      readonly updatedPermissions?: readonly object[]
    }
  | { readonly behavior: 'deny'; readonly message: string }

interface Asking {
  readonly owner: RunOwner
  readonly id: string
  readonly cwd: string
  readonly signal: AbortSignal
}

const noAnswer = 'The owner did not answer.'

/** Asks the owner about a use of a tool: a permission, the questions of AskUserQuestion, or the plan of ExitPlanMode. */
export function answerToolUse(use: ToolUseRequest, asking: Asking): Promise<ToolUseAnswer> {
  if (use.tool_name === 'AskUserQuestion') return askQuestions(use.input, asking)
  if (use.tool_name === 'ExitPlanMode') return askPlan(use.input, asking)
  return askPermission(use, asking)
}

async function askPermission(
  use: ToolUseRequest,
  { owner, id, cwd, signal }: Asking,
): Promise<ToolUseAnswer> {
  const { isAllowed, reason } = await owner.permit({ ...describeToolUse(use, cwd), id, signal })
  return isAllowed ? { behavior: 'allow', updatedInput: use.input } : { behavior: 'deny', message: reason }
}

const Questions = z.looseObject({
  questions: z
    .array(
      z.looseObject({
        question: z.string(),
        multiSelect: z.boolean().optional(),
        options: z.array(z.looseObject({ label: z.string(), description: z.string().optional() })).max(6),
      }),
    )
    .min(1)
    .max(4),
})

async function askQuestions(
  input: ToolUseRequest['input'],
  { owner, id, signal }: Asking,
): Promise<ToolUseAnswer> {
  const parsed = Questions.safeParse(input)
  if (!parsed.success)
    return { behavior: 'deny', message: 'Ask 1 to 4 questions with at most 6 options each.' }
  const { questions } = parsed.data
  const items = questions.map(({ question, options, multiSelect = false }) => ({
    text: question,
    options: options.map(({ label, description }) => ({ label, description })),
    multi: multiSelect,
  }))
  const answer = await owner.ask({ kind: 'ask', items, id, signal })
  if (answer === null) return { behavior: 'deny', message: noAnswer }
  const answers = questions.map(({ question, options }, index) => {
    const item = answer.items.find((one) => one.id === String(index + 1))
    // The board may have shortened or masked a label; the number of the option is exact.
    const labels = (item?.options ?? []).flatMap((option) => options[Number(option.id) - 1]?.label ?? [])
    return [question, labels.length > 0 ? labels.join(', ') : (item?.text ?? '')] as const
  })
  return { behavior: 'allow', updatedInput: { ...input, answers: Object.fromEntries(answers) } }
}

async function askPlan(
  input: ToolUseRequest['input'],
  { owner, id, signal }: Asking,
): Promise<ToolUseAnswer> {
  const plan = typeof input.plan === 'string' ? input.plan : ''
  const answer = await owner.ask({
    kind: 'plan',
    items: [{ text: plan === '' ? 'Leave plan mode without a plan?' : 'Approve this plan?' }],
    detail: plan,
    id,
    signal,
  })
  const [item] = answer?.items ?? []
  const chosen = item?.options[0]?.id
  if (chosen === 'approve') return { behavior: 'allow', updatedInput: input }
  if (chosen !== 'approve-edits') return { behavior: 'deny', message: item?.text || noAnswer }
  const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' }
  return { behavior: 'allow', updatedInput: input, updatedPermissions: [mode] }
}

/** Describes a use of a tool: a question in one line, and exactly what it would do. */
function describeToolUse(
  { tool_name, input }: ToolUseRequest,
  cwd: string,
): { text: string; detail: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  if (typeof input.command === 'string') {
    const reason = text(input.description).trim()
    return {
      text: reason === '' ? 'Run this command?' : `Run this command?\n${reason}`,
      detail: input.command,
    }
  }
  const path = text(input.file_path) || text(input.notebook_path)
  if (path === '') return { text: `Use ${tool_name}?`, detail: JSON.stringify(input, null, 2) }
  const name = path.startsWith(`${cwd}/`) ? relative(cwd, path) : path
  if (typeof input.content === 'string')
    return { text: `Write ${name}?`, detail: `${path}\n\n${input.content}` }
  if (typeof input.old_string !== 'string' || typeof input.new_string !== 'string')
    return { text: `${tool_name} ${name}?`, detail: JSON.stringify(input, null, 2) }
  const all = input.replace_all === true ? 'Everywhere:\n' : ''
  const change = `${marked('-', input.old_string)}\n${marked('+', input.new_string)}`
  return { text: `Edit ${name}?`, detail: `${path}\n\n${all}${change}` }
}

function marked(sign: string, text: string): string {
  return text.replace(/^/gm, `${sign} `)
}
