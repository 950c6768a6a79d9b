import { firstItemText, type OpenQuestion, type Question } from '../../domain/questions/question.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import type { Card } from '../kit/card.ts'
import { messageLimits } from '../kit/cut.ts'
import { bold, html, title, visibleLength } from '../kit/html.ts'
import { agentName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { markdownToHtml } from '../markdown/markdown.ts'
import { detailRoom, maxCommand, maxReport } from '../tasks/questions/question-text.ts'
import { maxFact, planText } from '../tasks/text.ts'

// Longer sources count as too long without being rendered.
const maxSource = 2 * messageLimits.max

/** A file with its caption. */
interface ReportFile {
  readonly caption: Card
  readonly file: { readonly name: string; readonly content: string }
}

/** Returns an agent's text as a file with a caption; null if the card shows all of it. */
export function reportFile(task: TaskCardFacts): ReportFile | null {
  const { text, isCut } = task.question === null ? resultOf(task) : questionOf(task, task.question)
  if (!isCut) return null
  return {
    caption: { text: html`${signs.file} ${bold(task.key)} ${title(task.title)}` },
    file: { name: `${task.key}.${endingOf(task.question)}`, content: text },
  }
}

interface Report {
  readonly text: string
  readonly isCut: boolean
}

function questionOf(task: TaskCardFacts, question: OpenQuestion): Report {
  return question.kind === 'plan' ? longMarkdown(planText(task), maxReport) : ownReport(question)
}

function ownReport(question: OpenQuestion): Report {
  const { kind, detail } = question
  if (kind === 'permission') return { text: detail ?? '', isCut: [...(detail ?? '')].length > maxCommand }
  return longMarkdown(detail ?? firstItemText(question), detailRoom(question))
}

function longMarkdown(text: string, max: number): Report {
  return { text, isCut: isLonger(text, max) }
}

/** Returns the detail of a question that no task's card shows as a file; null if its message shows all of it. */
export function questionFile(question: Question): ReportFile | null {
  const { text, isCut } = ownReport(question)
  if (!isCut) return null
  const about = question.taskKey === null ? agentName(question) : question.taskKey
  return {
    caption: { text: html`${signs.file} ${bold(title(about))}` },
    file: { name: `${question.taskKey ?? 'question'}.${endingOf(question)}`, content: text },
  }
}

function endingOf(question: OpenQuestion | null): string {
  return question?.kind === 'permission' ? 'txt' : 'md'
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
