import type { Question } from '../../../domain/questions/question.ts'
import { type Card, keyboard } from '../../kit/card.ts'
import { bold, fitMessage, type Html, html, joinHtml, title } from '../../kit/html.ts'
import { questionSign } from '../../kit/names.ts'
import type { Viewer } from '../../kit/when.ts'
import { outcomeText, waitedText } from './outcome.ts'
import { questionRows } from './question-buttons.ts'
import { commandBlock, questionBlock, questionHead, whoAsks } from './question-text.ts'

/** Renders a question that no task's card shows: with its buttons while it is open, then with its outcome. */
export function ownQuestionCard(question: Question, { now }: Pick<Viewer, 'now'>): Card {
  const isOpen = question.state === 'open'
  const body = [
    headLine(question),
    commandBlock(question),
    isOpen
      ? html`${whoAsks(question, now)}${question.taskKey === null && ' · no task'}`
      : html`${outcomeText(question)}${waitedText(question)}`,
    isOpen || question.kind === 'plan' ? questionBlock(question, question.detail ?? '') : null,
  ]
  return {
    text: fitMessage(joinHtml(body, '\n')),
    ...(isOpen ? { keyboard: keyboard(questionRows(question, 'question')) } : {}),
  }
}

function headLine(question: Question): Html {
  const head = title(questionHead(question))
  const sign = questionSign[question.kind]
  return question.taskKey === null
    ? html`${sign} ${bold(head)}`
    : html`${sign} ${bold(`${question.taskKey}:`)} ${head}`
}
