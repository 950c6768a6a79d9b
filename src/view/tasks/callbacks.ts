import { engines, taskPriorities, taskStatuses } from '../../domain/core/task-values.ts'
import { goals } from '../../domain/tasks/edit/handoff.ts'
import { defineAct, defineButton, field } from '../kit/callbacks.ts'

/**
 * The message that a button is on, which is shown again after the tap; `question` is one with only a question. `news` is on
 * messages of earlier versions.
 */
export const surfaces = ['card', 'deck', 'news', 'question'] as const
export type Surface = (typeof surfaces)[number]

/** The pickers that open under a card. */
export const menus = ['main', 'priority', 'labels', 'engine', 'due', 'edit', 'more', 'later'] as const
export type Menu = (typeof menus)[number]

export const dueChoices = ['today', 'tomorrow', 'friday', 'monday', 'none'] as const
export type DueChoice = (typeof dueChoices)[number]

/** What a button prompts for about an agent's question: an answer, the reason for a denial, or what to change in a plan. */
export const questionPrompts = ['answer', 'deny', 'change'] as const
export type QuestionPrompt = (typeof questionPrompts)[number]

/** How a button answers an item: an option, a mark of one of several, what is marked, for the session, or with the kept words. */
export const answerWays = ['choose', 'toggle', 'done', 'session', 'words'] as const
export type AnswerWay = (typeof answerWays)[number]

/** What a button prompts for about a task. `answer` is on messages of earlier versions. */
export const taskPrompts = [
  'answer',
  'send-back',
  'title',
  'note',
  'criteria',
  'due',
  'label',
  'branch',
] as const
export type TaskPrompt = (typeof taskPrompts)[number]

const on = field.oneOf(surfaces)
const key = field.taskKey
const status = field.oneOf(taskStatuses)

export const openTap = defineButton('open', 'o', { key })
export const menuTap = defineButton('menu', 'n', { on, key, menu: field.oneOf(menus), page: field.number })
export const moveTap = defineButton('move', 'm', { on, key, from: status, to: status })
/** Moves a task even though an agent is working on it. */
export const stopAndMoveTap = defineButton('stopAndMove', 'k', { on, key, from: status, to: status })
export const priorityTap = defineButton('priority', 'p', { on, key, to: field.oneOf(taskPriorities) })
export const engineTap = defineButton('engine', 'e', { on, key, to: field.orNone(field.oneOf(engines)) })
export const labelTap = defineButton('label', 'l', { on, key, label: field.uuid, set: field.flag })
export const dueTap = defineButton('due', 'd', { on, key, to: field.oneOf(dueChoices) })
export const focusTap = defineButton('focus', 'f', { on, key, set: field.flag })
export const criterionTap = defineButton('criterion', 'c', {
  on,
  key,
  index: field.number,
  mark: field.text,
  met: field.flag,
})
export const moveToProjectTap = defineButton('project', 'j', { on, key, to: field.text })
/** Hands a task to an agent; `sure` does so even if a question is open. */
export const handOffTap = defineButton('handoff', 'h', {
  on,
  key,
  from: status,
  goal: field.oneOf(goals),
  sure: field.flag,
})
/** Takes a task out of the queue; with `set`, queues it (buttons of an earlier version). */
export const queueTap = defineButton('queue', 'q', { on, key, set: field.flag })
/** Ends the run of the agent working on a task. */
export const releaseTap = defineButton('release', 'r', { on, key })
/** Answers a question that has one item with one of its options, from a list. */
export const answerTap = defineButton('answer', 'b', { on, question: field.uuid, option: field.text })
/** Answers an item of a question, if it is still the current one. */
export const itemTap = defineButton('item', 'i', {
  on,
  question: field.uuid,
  item: field.text,
  way: field.oneOf(answerWays),
  option: field.text,
})
/** Sends the open questions without a task again. */
export const ownQuestionsTap = defineAct('own-questions')
/** Prompts for words about an item of a question. */
export const wordsTap = defineAct(
  'words',
  { question: field.uuid },
  { ask: field.oneOf(questionPrompts), item: field.text },
)
/** Sends a ready task back with its comments. */
export const sendBackTap = defineButton('sendBack', 'g', { on, key })
export const askTap = defineButton('ask', 'a', { on, key, what: field.oneOf(taskPrompts) })
export const deleteTap = defineButton('delete', 'x', { on, key, sure: field.flag })
export const undoTap = defineButton('undo', 'u', { on, audit: field.uuid })
