import type { QuickAddDraft } from '../domain/quick-add.ts'
import type { Task } from '../domain/tasks/task.ts'
import type { Card } from './card.ts'
import { engineName, priorityName, prioritySign } from './names.ts'
import { code, type Html, html, joinHtml } from './html.ts'
import { dueText } from './when.ts'

/** The line on top of a new task's card: that it was taken, what was understood, and what was not. */
export function captureNotice(draft: QuickAddDraft, reader: { readonly now: Date; readonly timeZone: string }): Html {
  const understood = [
    draft.projectKey,
    draft.priority === null || draft.priority === 'none' ? null : `${prioritySign[draft.priority]} ${priorityName[draft.priority]}`,
    draft.engine === null ? null : engineName[draft.engine],
    draft.dueAt === null ? null : `due ${dueText(draft.dueAt, reader.now, reader.timeZone)}`,
    draft.focusToday ? 'focus today' : null,
    draft.labels.length === 0 ? null : draft.labels.map((label) => `#${label}`).join(' '),
  ].filter((part) => part !== null)
  const head = understood.length === 0 ? 'Captured' : `Captured · ${understood.join(' · ')}`
  return joinHtml([html`<i>${head}</i>`, ...draft.problems.map(problemLine)], '\n')
}

function problemLine(problem: QuickAddDraft['problems'][number]): Html {
  const token = code(problem.token)
  switch (problem.reason) {
    case 'unknown-project':
      return html`⚠️ No project ${token}, so it stays in the title.`
    case 'unclear-date':
      return html`⚠️ ${token} is no date I understand, so it stays in the title.`
    default:
      return html`⚠️ ${token} was not understood, so it stays in the title.`
  }
}

/** Says that an edited message no longer edits its task. */
export function editedTooLateCard(task: Task): Card {
  return { text: html`${task.key} has been worked on since, so your edit did not change it. Reply here to add a comment.` }
}
