import type { TaskStatus } from '../../../domain/core/task-values.ts'
import type { TaskQuery } from '../../../domain/quick-add/task-query.ts'
import type { Task } from '../../../domain/tasks/task.ts'
import { button, chosen, pageButtons } from '../../kit/buttons.ts'
import { defineScreen, field } from '../../kit/callbacks.ts'
import { type Button, type Card, keyboard } from '../../kit/card.ts'
import { bold, code, html, joinHtml, shorten } from '../../kit/html.ts'
import { countedTasks, engineName, priorityName, prioritySign, runName, statusName } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import type { Viewer } from '../../kit/when.ts'
import { openButtons, questionLine, taskLine } from '../line.ts'

export const tasksScreen = defineScreen('tasks', { query: field.text })

/** Tasks per page of a list. */
export const tasksAPage = 8

export interface TaskListFacts extends Viewer {
  readonly query: TaskQuery
  readonly tasks: readonly Task[]
  readonly count: number
  readonly page: number
}

/** /tasks: one page of a list, its filters, and buttons to open tasks or switch the status. */
export function taskListCard({ query, tasks, count, page, ...viewer }: TaskListFacts): Card {
  const pages = Math.max(1, Math.ceil(count / tasksAPage))
  const named = filterText(query)
  const head = html`${bold(named.length === 0 ? 'Open tasks' : named.join(' · '))} · ${countedTasks(count)}`
  const problems = query.problems
    .slice(0, 5)
    .map((word) => html`${signs.problem} Ignored ${code(shorten(word, 30))} – not a filter.`)
  const lines =
    tasks.length === 0
      ? ['Nothing here.']
      : tasks.flatMap((task) => [taskLine(task, viewer), questionLine(task)]).filter((line) => line !== null)
  return {
    text: joinHtml([head, joinHtml(problems, '\n'), joinHtml(lines, '\n')], '\n\n'),
    keyboard: keyboard([
      ...openButtons(tasks),
      pageButtons({ page, pages }, (to) => tasksScreen.encode({ query: sameQuery, page: to })),
      ...statusRows(query),
    ]),
  }
}

/** Argument for the query stored with the message. */
export const sameQuery = '~'

const choices = ['open', 'inbox', 'todo', 'hold', 'ready', 'done'] as const

function statusRows({ filter }: TaskQuery): Button[][] {
  const statuses = filter.statuses ?? []
  const isOpen = statuses.length === 4
  const buttons = choices.map((choice) => {
    const is = choice === 'open' ? isOpen : statuses.length === 1 && statuses[0] === choice
    return button(chosen(choice === 'open' ? 'Open' : statusName[choice], is), tasksScreen, {
      query: `=${choice}`,
    })
  })
  return [buttons.slice(0, 3), buttons.slice(3)]
}

function filterText({ filter }: TaskQuery): string[] {
  const { statuses, projectKey, label, engine, priority, runState, words } = filter
  const isOpen = statuses?.length === 4
  const parts = [
    isOpen
      ? null
      : statuses === undefined
        ? 'All'
        : statuses.map((status: TaskStatus) => statusName[status]).join(', '),
    projectKey,
    label === undefined ? null : `#${label}`,
    engine === undefined ? null : engineName[engine],
    priority === undefined ? null : `${prioritySign[priority]} ${priorityName[priority]}`,
    runState === undefined ? null : runName[runState],
    words === undefined ? null : `“${shorten(words, 60)}”`,
  ]
  const named = parts.filter((part) => part !== null && part !== undefined)
  return isOpen && named.length > 0 ? ['Open', ...named] : named
}
