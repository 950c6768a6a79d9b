import { revealed } from '../../../domain/core/text.ts'
import { currentItem, firstItemText, type OpenQuestion } from '../../../domain/questions/question.ts'
import {
  bold,
  type Html,
  html,
  joinHtml,
  pre,
  quote,
  title,
  truncateHtml,
  visibleLength,
} from '../../kit/html.ts'
import { agentName } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import { span } from '../../kit/when.ts'
import { firstLine, restOf } from '../../markdown/first-line.ts'
import { markdownToHtml } from '../../markdown/markdown.ts'
import { lostState } from '../runs/run-texts.ts'
import { optionLabels } from './options.ts'

const maxHead = 220
/** How much of an agent's text a card shows while the task needs the owner, in visible characters. */
export const maxReport = 2_400
/** A command that is longer comes as a file, with its beginning on the card. */
export const maxCommand = 1_500
const maxBeginning = 700
const shortNote = 280
const maxLabel = 200
const maxDescription = 160
const maxKeptWords = 300
const maxEarlier = 80
// What the longest question leaves of a message for the rest of the card.
const maxBlock = 3_000
const minDetail = 300

/** Returns the first line of a question as plain text, with its position if there are several items. */
export function questionHead(question: OpenQuestion): string {
  if (question.kind === 'plan') return `${agentName(question)} has a plan`
  const { items, draft } = question
  const position = items.length < 2 ? '' : ` (${(draft?.items.length ?? 0) + 1} of ${items.length})`
  return `${firstLine(firstItemText(question), maxHead)}${position}`
}

/** Describes who asks and how long they have been waiting. */
export function whoAsks(question: OpenQuestion, now: Date): string {
  const who = agentName(question)
  const minutes = span(question.askedAt, now)
  const waiting = minutes === 'under a minute' ? 'just asked' : `waiting ${minutes}`
  switch (question.kind) {
    case 'block':
      return `${lostState(question) ?? `${who} is blocked`} · ${waiting}`
    case 'plan':
      return `Plan by ${who} · ${waiting}`
    case 'permission':
      return `${who} wants permission · ${waiting}`
    case 'ask':
      return `Question from ${who} · ${waiting}`
  }
}

/** Shows what a permission is about: the exact command or file, and whether it is dangerous. */
export function commandBlock({ kind, detail, tool }: OpenQuestion): Html | null {
  if (kind !== 'permission') return null
  return joinHtml(
    [
      tool?.isDangerous ? html`${signs.dangerous} ${bold('Dangerous.')} Read it before you allow it.` : null,
      detail === null ? null : exactText(detail),
    ],
    '\n',
  )
}

function exactText(detail: string): Html {
  const shown = revealed(detail)
  const points = [...shown]
  if (points.length <= maxCommand) return pre(shown)
  const beginning = points.slice(0, maxBeginning).join('')
  return html`${pre(`${beginning}…`)}\n${signs.file} This is only the beginning of ${points.length.toLocaleString('en')} characters. All of it came as a file.`
}

/** Shows the parts of a question below its first line and its command. `plan` is the plan that it's about. */
export function questionBlock(question: OpenQuestion, plan: string): Html | null {
  if (question.kind === 'plan')
    return quote(truncateHtml(markdownToHtml(plan), maxReport), { expandable: plan.length > shortNote })
  const item = currentItem(question)
  const text = item?.text ?? ''
  const options = optionLines(question)
  const room = detailRoom(question)
  return joinHtml(
    [
      earlierLines(question),
      // The detail of a block repeats its reason in full.
      question.kind === 'block'
        ? folded(restOf(question.detail ?? text, maxHead), room)
        : folded(restOf(text, maxHead), maxReport),
      question.kind === 'ask' && folded(question.detail ?? '', room),
      options,
      question.draft?.words !== undefined &&
        html`${signs.comment} Your words: ${truncateHtml(html`${question.draft.words}`, maxKeptWords)}`,
    ],
    '\n',
  )
}

/** Returns how much of a question's detail its message shows, in visible characters. */
export function detailRoom(question: OpenQuestion): number {
  const options = visibleLength(optionLines(question) ?? html``)
  const [text, detail] = [currentItem(question)?.text ?? '', question.kind === 'ask' ? question.detail : null]
  const taken = options + (detail === null ? 0 : [...text].length)
  return Math.min(maxReport, Math.max(minDetail, maxBlock - taken))
}

function folded(markdown: string, max: number): Html | null {
  if (markdown.trim() === '') return null
  return quote(truncateHtml(markdownToHtml(markdown), max), { expandable: markdown.length > shortNote })
}

function earlierLines({ items, draft }: OpenQuestion): Html | null {
  const answered = draft?.items ?? []
  if (answered.length === 0) return null
  return joinHtml(
    answered.map(({ id, text }) => {
      const asked = firstLine(items.find((item) => item.id === id)?.text ?? '', maxEarlier)
      return html`${signs.chosen} ${title(asked)} ${bold(title(text.replace(/\s+/g, ' '), maxEarlier))}`
    }),
    '\n',
  )
}

/** Lists the options that their buttons don't show in full. */
function optionLines(question: OpenQuestion): Html | null {
  const item = currentItem(question)
  if (item === undefined || question.kind === 'permission') return null
  const { isNumbered } = optionLabels(item)
  const lines = item.options.map(({ label, description }, index) => {
    if (!isNumbered && description === undefined) return null
    const name = title(label, maxLabel)
    return html`${isNumbered && `${index + 1}. `}${description === undefined && isNumbered ? name : bold(name)}${description !== undefined && html`: ${title(description, maxDescription)}`}`
  })
  return joinHtml(lines, '\n')
}
