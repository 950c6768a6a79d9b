import type { InlineQueryResult } from 'grammy/types'
import type { Task } from '../../../domain/tasks/task.ts'
import { html, link, title } from '../../kit/html.ts'
import {
  engineName,
  priorityName,
  prioritySign,
  runName,
  runSign,
  statusName,
  statusSign,
} from '../../kit/names.ts'

/** Converts a task to an inline result; the message it sends links to the task's card. */
export function inlineResult(task: Task, botName: string): InlineQueryResult {
  const facts = [
    `${statusSign[task.status]} ${statusName[task.status]}`,
    task.priority === 'none' ? null : `${prioritySign[task.priority]} ${priorityName[task.priority]}`,
    task.runState === null ? null : `${runSign[task.runState]} ${runName[task.runState]}`,
    task.engine === null ? null : engineName[task.engine],
  ]
  const address = `https://t.me/${botName}?start=t_${task.key}`
  return {
    type: 'article',
    id: task.id,
    title: `${task.key} · ${task.title}`,
    description: facts.filter(Boolean).join(' · '),
    input_message_content: {
      message_text: html`${statusSign[task.status]} ${link(address, task.key)} · ${title(task.title)}`.html,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    },
  }
}
