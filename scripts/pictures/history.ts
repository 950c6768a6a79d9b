import type { Engine } from '../../src/domain/core/task-values.ts'
import { listProjects } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import type { Stage } from './stage.ts'

const titles = [
  'Keep the cart through a reload',
  'Show prices without a flicker',
  'Log slow queries with their plan',
  'Write the changelog from the commits',
  'Retry the webhook with a longer pause',
  'Sort the list by last use',
]
const engines: readonly (Engine | null)[] = [
  'claude-code',
  'codex',
  'claude-code',
  'gemini-cli',
  'codex',
  null,
]
const hour = 3_600_000

/** Completes tasks on the days before the scene, the same in every run: busy and quiet weeks, little on weekends. */
export async function playHistory(
  { ownerAt }: Pick<Stage, 'ownerAt'>,
  today: Date,
  days: number,
): Promise<void> {
  const projects = await listProjects(ownerAt(() => today))
  let made = 0
  for (let back = days; back > 0; back -= 1) {
    const day = new Date(today.getTime() - back * 24 * hour)
    const isWeekend = day.getUTCDay() % 6 === 0
    const rhythm = Math.sin(back / 9) + Math.sin(back / 23) + ((back * 7) % 5) / 2
    const count = Math.max(0, Math.round(isWeekend ? rhythm - 1 : rhythm + 0.6))
    for (let each = 0; each < count; each += 1, made += 1) {
      const doneAt = new Date(day.getTime() + (each % 8) * hour)
      const createdAt = new Date(doneAt.getTime() - (2 + ((made * 13) % 70)) * hour)
      const project = projects[made % 3 === 2 ? 1 : 0]
      if (project === undefined) throw new Error('There is no project.')
      const { task } = await createTask(
        ownerAt(() => createdAt),
        {
          projectId: project.id,
          title: titles[made % titles.length] ?? '',
          status: 'todo',
          engine: engines[made % engines.length] ?? null,
        },
      )
      await editTask(
        ownerAt(() => doneAt),
        task.id,
        { status: 'done' },
      )
    }
  }
}
