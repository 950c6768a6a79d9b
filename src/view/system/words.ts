import type { Task } from '../../domain/tasks/task.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, html, joinHtml } from '../kit/html.ts'
import type { Viewer } from '../kit/when.ts'
import { openButtons, taskLine } from '../tasks/line.ts'

/** Lists the tasks that a message names, and the keys that don't exist. */
export function namedTasksCard(tasks: readonly Task[], unknown: readonly string[], viewer: Viewer): Card {
  return {
    text: joinHtml([...tasks.map((task) => taskLine(task, viewer)), ...unknown.map(noSuchKey)], '\n'),
    keyboard: keyboard(openButtons(tasks)),
  }
}

function noSuchKey(key: string) {
  return html`There’s no ${bold(key)}. Try /search.`
}

/** The same for one key, as a line of a longer answer. */
export function noSuchKeyText(key: string): string {
  return `There’s no ${key}. Try /search.`
}

/** For an unknown word next to a key. */
export function unknownTokenText(token: string): string {
  return `Didn’t recognize ${token}.`
}

/** For a key without an instruction. */
export function idleKeyText(key: string): string {
  return `What should I do with ${key}?`
}
