import type { QuickAddDraft } from '../domain/quick-add.ts'
import type { Task } from '../domain/tasks/task.ts'
import type { Card } from './card.ts'
import { code, type Html, html, italic, joinHtml } from './html.ts'

/** The lines on top of a new task's card: that it was taken, and what was not understood. The card shows what was. */
export function captureNotice(draft: QuickAddDraft): Html {
  return joinHtml([italic('Captured'), ...draft.problems.map(problemLine)], '\n')
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
  return {
    text: html`${task.key} has been worked on since, so your edit did not change it. Reply here to add a comment.`,
  }
}
