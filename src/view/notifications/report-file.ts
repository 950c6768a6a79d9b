import { firstItemText } from '../../domain/questions/question.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import type { Card } from '../kit/card.ts'
import { messageLimits } from '../kit/cut.ts'
import { bold, html, title, visibleLength } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import { markdownToHtml } from '../markdown/markdown.ts'
import { maxFact, maxReport, planText } from '../tasks/text.ts'

// Longer sources count as too long without being rendered.
const maxSource = 2 * messageLimits.max

/** Returns an agent's text as a file with a caption; null if the card shows all of it. */
export function reportFile(
  task: TaskCardFacts,
): { readonly caption: Card; readonly file: { readonly name: string; readonly content: string } } | null {
  const { text, isCut } = task.question === null ? resultOf(task) : questionOf(task, task.question)
  if (!isCut) return null
  return {
    caption: { text: html`${signs.file} ${bold(task.key)} ${title(task.title)}` },
    file: { name: `${task.key}.md`, content: text },
  }
}

interface Report {
  readonly text: string
  readonly isCut: boolean
}

function questionOf(task: TaskCardFacts, question: NonNullable<TaskCardFacts['question']>): Report {
  const text = question.kind === 'plan' ? planText(task) : (question.detail ?? firstItemText(question))
  return { text, isCut: isLonger(text, maxReport) }
}

function resultOf({ latestResult }: TaskCardFacts): Report {
  const { summary = null, tests = null, checks = null, notes = null } = latestResult ?? {}
  const facts = Object.entries({ Tests: tests, Checks: checks, Notes: notes })
  const parts = [summary, ...facts.map(([name, text]) => text !== null && `**${name}:** ${text}`)]
  return {
    text: parts.filter(Boolean).join('\n\n'),
    isCut: isLonger(summary, maxReport) || facts.some(([, text]) => isLonger(text, maxFact)),
  }
}

function isLonger(markdown: string | null, max: number): boolean {
  if (markdown === null || markdown.length <= max) return false
  return markdown.length > maxSource || visibleLength(markdownToHtml(markdown)) > max
}
