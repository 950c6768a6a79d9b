import { z } from 'zod'
import {
  cleanLine,
  clip,
  isVisible,
  revealed,
  storable,
  withoutControls,
  withoutUnseen,
} from '../../domain/core/text.ts'
import type { ToolUse } from '../../domain/questions/danger/danger.ts'
import type { ItemInput } from '../../domain/questions/new-question.ts'
import type { HookQuestion } from '../../domain/sessions/hook-event.ts'
import { describeUse } from './tool-detail.ts'

const maxText = 1_000
const maxDetail = 50_000
const maxLabel = 200

/** The input of AskUserQuestion, within the limits of a question. */
export const AskInput = z.looseObject({
  questions: z
    .array(
      z.looseObject({
        question: z.string().refine(isVisible),
        header: z.string().optional().catch(undefined),
        options: z
          .array(z.looseObject({ label: z.string().refine(isVisible), description: z.string().optional() }))
          .max(6),
        multiSelect: z.boolean().optional().catch(undefined),
      }),
    )
    .min(1)
    .max(4)
    // Answers go by the text of their question.
    .refine((all) => new Set(all.map(({ question }) => question)).size === all.length),
})
type AskInput = z.infer<typeof AskInput>

interface Showing {
  readonly cwd: string | null
  readonly redact: (text: string) => string
}

/** Builds the question that a tool asks the owner; null if only the terminal can show all of it. */
export function toHookQuestion(use: ToolUse, showing: Showing): Omit<HookQuestion, 'isDangerous'> | null {
  const text = (words: string) =>
    clip(storable(withoutUnseen(withoutControls(showing.redact(words)))), maxText)
  if (use.name === 'AskUserQuestion') {
    const asked = AskInput.safeParse(use.input)
    if (!asked.success) return null
    const label = (words: string) => clip(storable(cleanLine(showing.redact(words))), maxLabel)
    return {
      kind: 'ask',
      items: asked.data.questions.map((one) => toItem(one, { text, label })),
      detail: null,
    }
  }
  if (use.name === 'ExitPlanMode') {
    const { plan } = use.input
    // A plan that was never written down comes without one.
    if (typeof plan !== 'string' || !isVisible(plan))
      return { kind: 'plan', items: [{ text: 'Leave plan mode without a plan?' }], detail: null }
    const shown = cut(storable(withoutUnseen(withoutControls(showing.redact(plan)))))
    return { kind: 'plan', items: [{ text: 'Approve this plan?' }], detail: shown }
  }
  const { text: question, detail, isExact } = describeUse(use, showing.cwd)
  const shown = revealed(showing.redact(detail))
  if (isExact && [...shown].length > maxDetail) return null
  return { kind: 'permission', items: [{ text: text(question) }], detail: cut(shown) }
}

function toItem(
  { question, options, multiSelect }: AskInput['questions'][number],
  { text, label }: Readonly<Record<'text' | 'label', (words: string) => string>>,
): ItemInput {
  return {
    text: text(question),
    options: options.map((option) => ({
      label: label(option.label),
      ...(option.description ? { description: text(option.description) } : {}),
    })),
    multi: multiSelect ?? false,
  }
}

function cut(text: string): string {
  const points = [...text]
  if (points.length <= maxDetail) return text
  const note = `\n… ${points.length} characters in all`
  return `${points.slice(0, maxDetail - note.length).join('')}${note}`
}
