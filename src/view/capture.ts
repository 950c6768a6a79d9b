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

/** Says that an edited comment stays as it was first sent. */
export function editedCommentCard(task: Task): Card {
  return {
    text: html`Your comment on ${task.key} stays as you first sent it. Reply here to add to it.`,
  }
}

/** The line on top of a card whose note can take no more. */
export function noteFullNotice(): Html {
  return html`⚠️ The note is full, so I kept what came after as comments.`
}

/** Says that a sticker or the like is nothing to keep. */
export function notKeptCard(): Card {
  return { text: html`I keep texts, photos, files, places and contacts. This is none of them.` }
}
