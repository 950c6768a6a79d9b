import { keyboard } from './card.ts'
import { bold, clip, html } from './html.ts'
import { longMessage, type NewsMessage } from './news.ts'

const maxLine = 110

/** What an agent logged by hand, on a task or on none. */
export function logMessage(log: {
  readonly by: string
  readonly title: string
  readonly detail: string | null
  readonly taskKey: string | null
  readonly projectKey: string | null
}): NewsMessage {
  const about = log.taskKey ?? log.projectKey
  const head = html`📝 ${about !== null && html`${bold(about)} · `}${log.title}\n${bold(log.by)} logged this`
  const line = html`📝 ${about !== null && html`${bold(about)} `}${clip(log.title, maxLine)}`
  const board =
    log.taskKey === null
      ? {}
      : { keyboard: keyboard([[{ label: 'Open', does: { do: 'open', key: log.taskKey } }]]) }
  if (log.detail === null) return { card: { text: head, ...board }, line }
  return longMessage(log.detail, { head, fileName: 'log.md', line, ...board })
}

/** An agent deleted a task. */
export function deletedMessage(deletion: {
  readonly by: string
  readonly key: string
  readonly title: string
}): NewsMessage {
  const { by, key, title } = deletion
  return {
    card: {
      text: html`🗑 ${bold(key)} · ${title}\n${bold(by)} deleted it. Its work logs stay.`,
    },
    line: html`🗑 ${bold(key)} ${clip(title, maxLine)}`,
  }
}
