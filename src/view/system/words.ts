import type { Task } from '../../domain/tasks/task.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml } from '../kit/html.ts'
import type { Reader } from '../kit/when.ts'
import { openButtons, taskLine } from '../tasks/line.ts'

/** The tasks that a message names by their keys, and the keys that name none. */
export function namedTasksCard(tasks: readonly Task[], unknown: readonly string[], reader: Reader): Card {
  return {
    text: joinHtml([...tasks.map((task) => taskLine(task, reader)), ...unknown.map(noSuchKey)], '\n'),
    keyboard: keyboard(openButtons(tasks)),
  }
}

function noSuchKey(key: string) {
  return html`There’s no ${bold(key)}. Try /search.`
}

/** The same as one line under others. */
export function noSuchKeyText(key: string): string {
  return `There’s no ${key}. Try /search.`
}

/** A token beside a key that says nothing. */
export function unknownTokenText(token: string): string {
  return `Didn’t recognize ${token}.`
}

/** A key without anything to do. */
export function idleKeyText(key: string): string {
  return `What should I do with ${key}?`
}
