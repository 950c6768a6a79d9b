import { and, asc, eq, gt, isNull, or, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import {
  apiTokens,
  auditLogs,
  projectSettings,
  projects,
  securityEvents,
  taskLabels,
  tasks,
  userSettings,
  users,
  workLogs,
} from '../../db/schema.ts'
import type { Scope } from '../core/scope.ts'
import { selectTasks } from '../tasks/read.ts'
import type { Task } from '../tasks/task.ts'

const pageSize = 500
// Secrets are never exported, not even encrypted.
const secretSettings = /token|secret|password/i

/** The parts of an export, in order. */
export const exportParts = [
  'owner',
  'settings',
  'projects',
  'projectSettings',
  'labels',
  'tokens',
  'tasks',
  'workLogs',
  'auditLogs',
  'securityEvents',
] as const
export type ExportPart = (typeof exportParts)[number]

/** Reads the rows of one part page by page, so a large board is never in memory as a whole. Omits secrets. */
export async function* exportRows(scope: Scope, part: ExportPart): AsyncGenerator<object> {
  const { db, ownerId } = scope
  switch (part) {
    case 'owner':
      yield* await db
        .select({ email: users.email, name: users.name, createdAt: users.createdAt })
        .from(users)
        .where(eq(users.id, ownerId))
      return
    case 'settings': {
      const found = await db
        .select({ key: userSettings.key, value: userSettings.value })
        .from(userSettings)
        .where(eq(userSettings.ownerId, ownerId))
        .orderBy(asc(userSettings.key))
      yield* found.filter(({ key }) => !secretSettings.test(key))
      return
    }
    case 'projects':
      yield* await db
        .select()
        .from(projects)
        .where(eq(projects.ownerId, ownerId))
        .orderBy(asc(projects.projectKey))
      return
    case 'projectSettings':
      yield* await db
        .select({ projectKey: projects.projectKey, key: projectSettings.key, value: projectSettings.value })
        .from(projectSettings)
        .innerJoin(projects, eq(projects.id, projectSettings.projectId))
        .where(eq(projects.ownerId, ownerId))
        .orderBy(asc(projects.projectKey), asc(projectSettings.key))
      return
    case 'labels':
      yield* await db
        .select({ id: taskLabels.id, name: taskLabels.name, color: taskLabels.color })
        .from(taskLabels)
        .where(eq(taskLabels.ownerId, ownerId))
        .orderBy(asc(taskLabels.name))
      return
    case 'tokens':
      for (const { tokenHash: _, ...token } of await db
        .select()
        .from(apiTokens)
        .where(eq(apiTokens.ownerId, ownerId))
        .orderBy(asc(apiTokens.createdAt)))
        yield token
      return
    case 'tasks':
      yield* exportTasks(scope)
      return
    case 'workLogs':
      yield* pages(scope, workLogs, workLogs.id, eq(workLogs.ownerId, ownerId))
      return
    case 'auditLogs':
      yield* pages(scope, auditLogs, auditLogs.id, eq(auditLogs.ownerId, ownerId))
      return
    case 'securityEvents':
      yield* pages(
        scope,
        securityEvents,
        securityEvents.id,
        or(eq(securityEvents.ownerId, ownerId), isNull(securityEvents.ownerId)),
      )
  }
}

/** Reads every task with its labels and project, including deleted projects, in creation order. */
export async function* exportTasks({ db, ownerId }: Scope): AsyncGenerator<Task> {
  let after: string | undefined
  for (;;) {
    const page = await selectTasks(db)
      .where(and(eq(tasks.ownerId, ownerId), after === undefined ? undefined : gt(tasks.id, after)))
      .orderBy(asc(tasks.id))
      .limit(pageSize)
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)?.id
  }
}

async function* pages(
  scope: Scope,
  table: PgTable,
  id: PgColumn,
  where: SQL | undefined,
): AsyncGenerator<object> {
  let after: unknown
  for (;;) {
    const page = await scope.db
      .select()
      .from(table)
      .where(and(where, after === undefined ? undefined : gt(id, after)))
      .orderBy(asc(id))
      .limit(pageSize)
    yield* page
    if (page.length < pageSize) return
    after = (page.at(-1) as { readonly id?: unknown } | undefined)?.id
  }
}
