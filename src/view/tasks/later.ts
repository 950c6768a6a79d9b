import type { Task } from '../../domain/tasks/task.ts'
import { defineButton, field } from '../kit/callbacks.ts'
import { type Html, html } from '../kit/html.ts'
import { statusName, turnSign } from '../kit/names.ts'
import { dueText, type Viewer } from '../kit/when.ts'
import { surfaces } from './callbacks.ts'

/** When a snoozed task comes back; `hold` is without a date. */
export const laterChoices = ['tonight', 'tomorrow', 'monday', 'week', 'hold'] as const
export type LaterChoice = (typeof laterChoices)[number]
export const laterTap = defineButton('later', 'y', {
  on: field.oneOf(surfaces),
  key: field.taskKey,
  to: field.oneOf(laterChoices),
})

/** Describes when a snoozed task comes back. */
export function laterText({ key, status, snoozedUntil }: Task, { now, timeZone }: Viewer): string {
  if (snoozedUntil !== null) return `${key} comes back ${dueText(snoozedUntil, now, timeZone)}`
  return status === 'hold' ? `${key} is on hold` : `${key} is in ${statusName[status]}`
}

/** The same as a line on a card. */
export function laterLine(task: Task, viewer: Viewer): Html {
  return html`${turnSign(task)} ${laterText(task, viewer)}`
}
