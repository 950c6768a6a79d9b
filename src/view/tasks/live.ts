import { phaseOfLive } from '../../domain/sessions/live-run.ts'
import type { TaskCardFacts } from '../../domain/tasks/card.ts'
import { type Feedback, runOf } from '../../domain/tasks/task.ts'
import { type Html, html, joinHtml } from '../kit/html.ts'
import { agentName, counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, span, type Viewer } from '../kit/when.ts'

// The lines of a card that come from the hooks of an agent's session.

/** Shows what the hooks of the run's session have counted. */
export function liveLine({ live, ...task }: TaskCardFacts, { now }: Viewer): Html | null {
  const run = runOf(task)
  if (run === null || live === null || live.toolCalls === 0) return null
  const parts = [
    counted(live.toolCalls, 'tool call'),
    live.ranTests && 'tests',
    live.fileCount > 0 && counted(live.fileCount, 'file'),
    span(run.since, now),
  ]
  return html`<i>${joinHtml(parts, ' · ')}</i>`
}

/** Shows how far the owner's Stop has come. */
export function stopLine({ live, lastRun, status }: TaskCardFacts, { now }: Viewer): Html | null {
  const isOpen = status !== 'done' && status !== 'archived'
  switch (isOpen ? phaseOfLive(live, now) : null) {
    case null:
      return null
    case 'stopping':
      return html`${agentName(lastRun)} is stopping…`
    case 'stopped':
      return html`${agentName(lastRun)} has stopped`
    case 'unreachable':
      return html`${signs.problem} ${agentName(lastRun)} can’t be reached. Stop it in its terminal.`
  }
}

/** Says when the agent that works on the task got the owner's comment. */
export function heardLine(
  task: TaskCardFacts,
  { heardAt, receivedAt }: Feedback,
  { timeZone }: Viewer,
): Html | null {
  const run = runOf(task)
  if (run === null || receivedAt === null) return null
  return html`<i>${agentName(run)} heard it at ${clock(heardAt ?? receivedAt, timeZone)}</i>`
}
