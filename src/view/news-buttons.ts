import type { TaskDetail } from '../domain/tasks/task.ts'
import { prUrlOf } from '../domain/work-log-texts.ts'
import type { Button } from './card.ts'
import { isLinkable } from './html.ts'
import type { News } from './news.ts'

/** What can be done at once about something that happened to a task. */
export function newsButtons({ task, what, reported }: News): Button[][] {
  const { key } = task
  const on = 'news'
  const move = (
    label: string,
    from: TaskDetail['status'],
    to: TaskDetail['status'],
    style?: 'success',
  ): Button => ({
    label,
    does: { do: 'move', on, key, from, to },
    ...(style === undefined ? {} : { style }),
  })
  const open: Button = { label: 'Open', does: { do: 'open', key } }
  switch (what) {
    case 'blocked':
      return [
        [
          { label: 'Answer', does: { do: 'ask', on, key, what: 'answer' }, style: 'primary' },
          move('Back to todo', 'hold', 'todo'),
        ],
        [move('Hold', 'hold', 'hold'), move('Archive', 'hold', 'archived'), open],
      ]
    case 'ready': {
      const prUrl = reported ? prUrlOf(task.latestResult?.detail ?? '') : null
      return [
        [
          move('Accept', 'ready', 'done', 'success'),
          { label: 'Send back', does: { do: 'ask', on, key, what: 'send-back' } },
          move('Hold', 'ready', 'hold'),
        ],
        [...(prUrl !== null && isLinkable(prUrl) ? [{ label: '🔀 Pull request', url: prUrl }] : []), open],
      ]
    }
    case 'done':
      return [[move('Reopen', 'done', 'todo'), open]]
    default:
      return [[open]]
  }
}
