import type { TaskDetail } from '../domain/tasks/task.ts'
import type { Card } from './card.ts'
import type { Html } from './html.ts'
import { showLong } from './long-text.ts'

/** What happened to a task, as far as it is news. */
export type Happening =
  | 'blocked'
  | 'ready'
  | 'done'
  | 'result'
  | 'plan'
  | 'created'
  | 'started'
  | 'moved'
  | 'changed'

export interface News {
  readonly task: TaskDetail
  readonly what: Happening
  /** Who did it: the name of an agent's token. */
  readonly by: string
  /** Whether the task's latest result was written along with it. */
  readonly reported: boolean
}

/** A message about something that happened: its card, a file that goes with it, and the line that stands for it in a list. */
export interface NewsMessage {
  readonly card: Card
  readonly file?: { readonly name: string; readonly content: string }
  readonly line: Html
}

/** A message whose text an agent wrote: as it is, folded, or as a file below whose beginning the buttons stand. */
export function longMessage(
  markdown: string,
  {
    head,
    fileName,
    line,
    ...buttons
  }: Pick<Card, 'keyboard'> & {
    readonly head: Html
    readonly fileName: string
    readonly line: Html
  },
): NewsMessage {
  const shown = showLong(markdown, { head, fileName })
  return shown.kind === 'file'
    ? {
        card: { text: shown.caption, ...buttons },
        file: { name: shown.fileName, content: shown.content },
        line,
      }
    : { card: { text: shown.html, ...buttons }, line }
}
