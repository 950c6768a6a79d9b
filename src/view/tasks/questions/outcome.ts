import { approvalOptions, permissionOptions } from '../../../domain/questions/new-question.ts'
import type { ClosedQuestion, Question } from '../../../domain/questions/question.ts'
import { type Html, html, title } from '../../kit/html.ts'
import { agentName } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import { span } from '../../kit/when.ts'

const maxAnswer = 120

/** Returns the owner's answer in one line. */
export function answerText({ answer }: Pick<Question, 'answer'>): string {
  return (answer?.items ?? []).map(({ text }) => text.replace(/\s+/g, ' ')).join('; ')
}

/** Describes how a question ended: "Answered: Blue", "Denied: use pnpm", "No longer waiting here – answer in the terminal". */
export function outcomeText(question: ClosedQuestion): Html {
  const { state, kind, tool, returnsTo, answer, answeredBy } = question
  const words = title(answerText(question), maxAnswer)
  switch (state) {
    case 'withdrawn':
      return html`${signs.expired} ${answeredBy === 'terminal' ? 'Answered in the terminal' : 'Withdrawn'}`
    case 'expired':
      if (answer !== null)
        return html`${signs.expired} No answer in time – ${agentName(question)} goes on with: ${words}`
      return html`${signs.expired} ${tool === null ? 'No answer in time' : 'No longer waiting here – answer in the terminal'}`
    case 'open':
    case 'answered': {
      const option = answer?.items[0]?.options[0]
      if (kind === 'permission') return permissionText(option?.id, answer?.items[0]?.text ?? '')
      const isApproval = kind === 'plan' && returnsTo === null
      if (isApproval && option?.id === approvalOptions[0].id) return html`${signs.done} Approved`
      if (isApproval && option?.id === approvalOptions[1].id)
        return html`${signs.done} Approved, edits included`
      return html`${signs.done} Answered: ${words}`
    }
  }
}

function permissionText(option: string | undefined, text: string): Html {
  const [allow, deny] = permissionOptions
  if (option === allow.id) return html`${signs.done} Allowed`
  const why = text === '' || text === deny.label ? null : title(text.replace(/\s+/g, ' '), maxAnswer)
  return html`${signs.denied} Denied${why !== null && html`: ${why}`}`
}

/** Formats how long a closed question waited; empty if that was under a minute. */
export function waitedText({ askedAt, closedAt }: Pick<Question, 'askedAt' | 'closedAt'>): string {
  const waited = closedAt === null ? 'under a minute' : span(askedAt, closedAt)
  return waited === 'under a minute' ? '' : ` · waited ${waited}`
}
