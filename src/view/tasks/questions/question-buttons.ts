import { approvalOptions, permissionOptions, planOptions } from '../../../domain/questions/new-question.ts'
import { currentItem, type OpenQuestion, type QuestionItem } from '../../../domain/questions/question.ts'
import { button } from '../../kit/buttons.ts'
import { type Button, inRows } from '../../kit/card.ts'
import { type AnswerWay, itemTap, type QuestionPrompt, type Surface, wordsTap } from '../callbacks.ts'
import { optionLabels } from './options.ts'

type Style = 'success' | 'danger' | 'primary'

/** Builds the buttons that answer the current item of a question. */
export function questionRows(question: OpenQuestion, on: Surface): Button[][] {
  const item = currentItem(question)
  if (item === undefined) return []
  const tap = (label: string, way: AnswerWay, option: string, style?: Style): Button =>
    button(label, itemTap, { on, question: question.id, item: item.id, way, option }, style)
  const ask = (label: string, prompt: QuestionPrompt, style?: Style): Button =>
    button(label, wordsTap, { question: question.id, ask: prompt, item: item.id }, style)
  switch (question.kind) {
    case 'permission':
      return permissionRows(question, tap, ask)
    case 'plan':
      return planRows(item, tap, ask)
    case 'ask':
    case 'block':
      return optionRows(question, item, tap, ask)
  }
}

type Tap = (label: string, way: AnswerWay, option: string, style?: Style) => Button
type Ask = (label: string, prompt: QuestionPrompt, style?: Style) => Button

const [allow, deny] = permissionOptions

function permissionRows({ tool, draft }: OpenQuestion, tap: Tap, ask: Ask): Button[][] {
  const hasRule = tool !== null && !tool.isDangerous
  return [
    ...(draft?.words === undefined ? [] : [[tap('Deny with these words', 'words', deny.id, 'danger')]]),
    [
      tap(allow.label, 'choose', allow.id, tool?.isDangerous ? undefined : 'success'),
      hasRule ? tap('Allow for session', 'session', allow.id) : tap(deny.label, 'choose', deny.id, 'danger'),
    ],
    [...(hasRule ? [tap(deny.label, 'choose', deny.id, 'danger')] : []), ask('Deny and say why', 'deny')],
  ]
}

const [approve, approveEdits] = approvalOptions
const [go, hold] = planOptions

function planRows({ options }: QuestionItem, tap: Tap, ask: Ask): Button[][] {
  const change = ask('Change…', 'change')
  const isHandoff = options.some(({ id }) => id === go.id)
  if (isHandoff)
    return [[tap(go.label, 'choose', go.id, 'success'), change, tap(hold.label, 'choose', hold.id)]]
  return [
    [tap(approve.label, 'choose', approve.id, 'success'), change],
    [tap(approveEdits.label, 'choose', approveEdits.id)],
  ]
}

function optionRows({ draft }: OpenQuestion, item: QuestionItem, tap: Tap, ask: Ask): Button[][] {
  const chosen = draft?.chosen ?? []
  const { labels, columns } = optionLabels(item, chosen)
  const way = item.multi ? 'toggle' : 'choose'
  const options = item.options.map(({ id }, index) => tap(labels[index] ?? id, way, id))
  const answer = ask('Answer', 'answer', options.length === 0 ? 'primary' : undefined)
  const done = item.multi && chosen.length > 0 ? [tap(`Done (${chosen.length})`, 'done', '', 'success')] : []
  return [...inRows(options, columns), [...done, answer]]
}
