import type { Task } from '../../domain/tasks/task.ts'
import { button } from '../kit/buttons.ts'
import { defineAct } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { code, html } from '../kit/html.ts'
import { cancelTap } from '../kit/links.ts'
import { counted } from '../kit/names.ts'

const exportSign = '📄'

export const exportTap = defineAct('export')

/** The columns of the CSV file, named as in the API. */
export const csvColumns = [
  'key',
  'title',
  'status',
  'priority',
  'project',
  'labels',
  'engine',
  'run_state',
  'branch',
  'due_at',
  'created_at',
  'updated_at',
  'note',
] as const

export function taskRow(task: Task): Record<(typeof csvColumns)[number], string> {
  return {
    key: task.key,
    title: task.title,
    status: task.status,
    priority: task.priority,
    project: task.project.key,
    labels: task.labels.map((label) => label.name).join(', '),
    engine: task.engine ?? '',
    run_state: task.runState ?? '',
    branch: task.branch ?? '',
    due_at: task.dueAt?.toISOString() ?? '',
    created_at: task.createdAt.toISOString(),
    updated_at: task.updatedAt.toISOString(),
    note: task.note ?? '',
  }
}

export function exportCaption(kind: 'json' | 'csv', tasks: number): Card {
  return {
    text:
      kind === 'json'
        ? html`${exportSign} Full board as JSON (no secrets).`
        : html`${exportSign} ${counted(tasks, 'task')} as CSV.`,
  }
}

export function exportTooLargeCard(): Card {
  return {
    text: html`${exportSign} Too large for Telegram (50 MB). Use ${code('npm run backup')} instead.`,
  }
}

/** Asks for confirmation before everyone in a group sees the board. */
export function exportHereCard(): Card {
  return {
    text: html`${exportSign} Everyone in this group will see the full board. Post it here?`,
    keyboard: keyboard([[button('Post it here', exportTap), button('Cancel', cancelTap)]]),
  }
}
