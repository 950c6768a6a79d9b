import { inject } from 'vitest'
import type { ProjectRow } from '../../src/db/schema.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import type { NewTask } from '../../src/domain/tasks/schemas.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import type { Board } from './board.ts'

/** True if the tests run on a real Postgres; the embedded one has a single connection. */
export const onPostgres = inject('templateDatabase') !== null

/** Creates a project for the board's owner. */
export function addProject(board: Board, key = 'SHOP'): Promise<ProjectRow> {
  return createProject(board.ctx, {
    key,
    name: `Project ${key}`,
    repoUrl: `https://github.com/ada/${key.toLowerCase()}`,
  })
}

/** Creates a task for the board's owner. */
export async function addTask(
  board: Board,
  project: ProjectRow,
  draft: Partial<Omit<NewTask, 'projectId'>> = {},
): Promise<Task> {
  const { task } = await createTask(board.ctx, { title: 'Fix the till', ...draft, projectId: project.id })
  return task
}
