import type { ToolUse } from '../../domain/questions/danger/danger.ts'
import { permissionOptions } from '../../domain/questions/new-question.ts'
import type { QuestionAnswer, QuestionKind } from '../../domain/questions/question.ts'
import { AskInput } from './tool-question.ts'

/** The JSON that a hook gets: empty, or its decision. */
export type HookAnswer =
  | Readonly<Record<string, never>>
  | {
      readonly hookSpecificOutput: {
        readonly hookEventName: 'PermissionRequest'
        readonly decision: Decision
      }
    }

type Decision =
  | {
      readonly behavior: 'allow'
      readonly updatedInput?: Readonly<Record<string, unknown>>
      readonly updatedPermissions?: readonly Readonly<Record<string, string>>[]
    }
  | { readonly behavior: 'deny'; readonly message: string }

/** Leaves the decision to the agent's own prompt. */
export const noDecision: HookAnswer = {}

export const allow: HookAnswer = toAnswer({ behavior: 'allow' })

/** Denies with words that reach the model. */
export function deny(message: string): HookAnswer {
  return toAnswer({ behavior: 'deny', message })
}

/** Turns the owner's answer into the hook's decision about this very use of the tool. */
export function toDecision(
  { input }: ToolUse,
  { kind, answer }: { readonly kind: QuestionKind; readonly answer: QuestionAnswer },
): HookAnswer {
  switch (kind) {
    case 'permission':
      return toPermission(answer)
    case 'plan':
      return toPlanDecision(input, answer)
    case 'ask':
      return toAskDecision(input, answer)
    case 'block':
      return noDecision
  }
}

function toPermission({ items: [item] }: QuestionAnswer): HookAnswer {
  const chosen = item?.options[0]?.id
  if (chosen === 'allow') return allow
  if (chosen !== 'deny') return noDecision
  const isPlain = item === undefined || item.text === '' || item.text === permissionOptions[1].label
  return deny(isPlain ? 'The owner denied this.' : item.text)
}

function toPlanDecision(input: ToolUse['input'], { items: [item] }: QuestionAnswer): HookAnswer {
  const chosen = item?.options[0]?.id
  if (item === undefined) return noDecision
  if (chosen === undefined) return item.text === '' ? noDecision : deny(item.text)
  if (chosen === 'approve') return toAnswer({ behavior: 'allow', updatedInput: input })
  if (chosen !== 'approve-edits') return noDecision
  const mode = { type: 'setMode', mode: 'acceptEdits', destination: 'session' }
  return toAnswer({ behavior: 'allow', updatedInput: input, updatedPermissions: [mode] })
}

function toAskDecision(input: ToolUse['input'], { items }: QuestionAnswer): HookAnswer {
  const asked = AskInput.safeParse(input)
  if (!asked.success) return noDecision
  const answers = asked.data.questions.map(({ question, options }, index) => {
    const item = items.find(({ id }) => id === String(index + 1))
    // The labels come from the request: the stored ones may be redacted or cut.
    const labels = (item?.options ?? []).flatMap(({ id }) => options[Number(id) - 1]?.label ?? [])
    const [label, ...more] = labels
    if (label === undefined) return [question, item?.text ?? ''] as const
    return [question, more.length === 0 ? label : labels] as const
  })
  if (answers.some(([, answer]) => answer === '')) return noDecision
  return toAnswer({ behavior: 'allow', updatedInput: { ...input, answers: Object.fromEntries(answers) } })
}

function toAnswer(decision: Decision): HookAnswer {
  return { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision } }
}
