import { asc } from 'drizzle-orm'
import type { ProjectRow } from '../../src/db/schema.ts'
import { readCard } from '../../src/domain/tasks/card.ts'
import { requireTask } from '../../src/domain/tasks/read.ts'
import type { Job } from '../../src/jobs/job.ts'
import { openLog } from '../../src/log.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import { toPlainText } from '../../src/view/kit/html.ts'
import { postedCard } from '../../src/view/tasks/posted-card.ts'
import { type Board, openBoard } from './board.ts'
import { addProject } from './tasks.ts'

/** A board whose jobs are run by hand. */
export interface JobBoard extends Board {
  readonly project: ProjectRow
  readonly lines: readonly string[]
  readonly run: (job: Job) => Promise<void>
  /** Runs a job every minute for a number of hours. */
  readonly runFor: (
    job: Job,
    span: { readonly hours: number; readonly everyMinutes?: number },
  ) => Promise<void>
  /** Returns what was queued since the last call: when and what, as plain text; for a card, its first line at that time. */
  readonly queued: () => Promise<{ readonly at: string; readonly text: string }[]>
}

export async function openJobBoard(options: { readonly bound?: boolean } = {}): Promise<JobBoard> {
  const board = await openBoard()
  const project = await addProject(board)
  if (options.bound ?? true) await bindChat(board.ctx, { chatId: 42, userId: 42 })
  const lines: string[] = []
  const log = openLog({ level: 'debug', write: (line) => void lines.push(line) })
  const deps = { store: board.db, ownerId: board.ownerId, now: board.clock.now, log }
  let seen = 0
  return {
    ...board,
    project,
    lines,
    run: (job) => job.run(deps),
    runFor: async (job, { hours, everyMinutes = 1 }) => {
      for (let minute = 0; minute < hours * 60; minute += everyMinutes) {
        await job.run(deps)
        board.clock.advance({ minutes: everyMinutes })
      }
    },
    queued: async () => {
      const rows = await board.db.query.botMessages.findMany({ orderBy: (row) => asc(row.id) })
      const fresh = rows.filter(({ id }) => id > seen)
      seen = rows.at(-1)?.id ?? seen
      return Promise.all(
        fresh.flatMap((row) => {
          const request = row.request
          if (request === null) return []
          const at = row.createdAt.toISOString()
          if (request.method === 'card') {
            const firstLine = async () => {
              const task = await readCard(board.scope, await requireTask(board.scope, row.taskId ?? ''))
              const card = postedCard(task, request.group, { now: row.createdAt, timeZone: 'UTC' })
              return { at, text: toPlainText(card.text).split('\n')[0] ?? '' }
            }
            return [firstLine()]
          }
          const { text, caption } = request.parameters
          return [Promise.resolve({ at, text: toPlainText({ html: String(text ?? caption) }) })]
        }),
      )
    },
  }
}
