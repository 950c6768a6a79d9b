import type { ReplyTopic } from '../domain/messages.ts'
import type { Task } from '../domain/tasks/task.ts'
import { type Button, type Card, inRows, keyboard } from './card.ts'
import { bold, type Content, clip, type Html, html, joinHtml, quote } from './html.ts'
import { counted, statusSign } from './names.ts'

/** One line of a list; without a task it has no button. */
export interface NewsLine {
  readonly html: Html
  readonly task: { readonly id: string; readonly key: string } | null
}

/** What several pieces of news have in common. */
export type NewsGroup = 'needs-you' | 'finished' | 'changed'

const heads: Record<NewsGroup, (count: number) => Html> = {
  'needs-you': (count) => html`🙋 ${bold(`${count} things need you`)}`,
  // Reminders and silent runs are among it.
  finished: (count) => html`📬 ${bold(`${count} pieces of news`)}`,
  changed: (count) => html`📋 ${bold(`${counted(count, 'task')} changed`)}`,
}

/** A card of numbered lines, and what a reply that names numbers means. */
export interface NumberedCard {
  readonly card: Card
  readonly topic: ReplyTopic
}

/** Many pieces of news as one message: what needs the owner or is finished plainly, what is only good to know folded. */
export function newsList(group: NewsGroup, lines: readonly NewsLine[]): NumberedCard {
  return numberedCard(heads[group](lines.length), lines, group === 'changed')
}

/** What came in the quiet hours and is still open. */
export function morningCard(tasks: readonly Task[]): NumberedCard {
  const waits = tasks.length === 1 ? 'one task waits' : `${tasks.length} tasks wait`
  return numberedCard(html`🌅 ${bold('While it was quiet')}: ${waits} for you`, tasks.map(toLine))
}

const toLine = (task: Task): NewsLine => ({ html: taskLine(task), task })

function numberedCard(head: Html, lines: readonly NewsLine[], folded = false): NumberedCard {
  const tasks = lines.flatMap(({ task }) => task ?? [])
  const shown = [
    ...lines.filter(({ task }) => task !== null).map((line, index) => html`${index + 1}. ${line.html}`),
    ...lines.filter(({ task }) => task === null).map((line) => html`• ${line.html}`),
  ]
  const list = joinHtml(shown, '\n')
  return {
    card: {
      text: joinHtml([head, folded ? quote(list, { expandable: true }) : list], '\n'),
      keyboard: openButtons(tasks),
    },
    topic: { kind: 'digest', taskIds: tasks.map(({ id }) => id) },
  }
}

/** A button for each numbered line, which opens its task. */
export function openButtons(tasks: readonly { readonly key: string }[]) {
  const buttons = tasks.map(
    ({ key }, index): Button => ({ label: String(index + 1), does: { do: 'open', key } }),
  )
  return keyboard(inRows(buttons, buttons.length <= 8 ? 8 : 6))
}

/** A task in one line. */
function taskLine(task: Pick<Task, 'key' | 'title' | 'status'>, after?: Content): Html {
  return html`${statusSign[task.status]} ${bold(task.key)} ${clip(task.title, 70)}${after}`
}

/** The line of a task in a list of what changed. */
export function changeLine(task: { readonly key: string; readonly title: string }, sign: string): Html {
  return html`${sign} ${bold(task.key)} ${clip(task.title, 110)}`
}
