import { eq, inArray, sql } from 'drizzle-orm'
import { preparedRead } from '../../db/prepared.ts'
import { projectSettings } from '../../db/schema.ts'
import type { Reader } from '../../db/types.ts'
import { type ProjectSettings, toProjectSettings } from './project-settings.ts'

/** Reads the settings of several projects by UUID, with defaults filled in. */
export async function readSettingsOf(
  db: Reader,
  projectIds: readonly string[],
): Promise<ReadonlyMap<string, ProjectSettings>> {
  const ids = [...new Set(projectIds)]
  if (ids.length === 0) return new Map()
  const stored = await db
    .select({ projectId: projectSettings.projectId, key: projectSettings.key, value: projectSettings.value })
    .from(projectSettings)
    .where(inArray(projectSettings.projectId, ids))
  const of = (id: string) => stored.filter((row) => row.projectId === id).map((row) => [row.key, row.value])
  return new Map(ids.map((id) => [id, toProjectSettings(Object.fromEntries(of(id)))]))
}

const settingsOf = preparedRead((db) =>
  db
    .select({ key: projectSettings.key, value: projectSettings.value })
    .from(projectSettings)
    .where(eq(projectSettings.projectId, sql.placeholder('projectId'))),
)

/** Reads a project's stored settings by key. */
export async function readStoredOf(db: Reader, projectId: string): Promise<Readonly<Record<string, string>>> {
  const stored = await settingsOf(db, { projectId })
  return Object.fromEntries(stored.map((row) => [row.key, row.value]))
}

/** Reads a project's settings with defaults filled in. */
export async function readSettings(db: Reader, projectId: string): Promise<ProjectSettings> {
  return toProjectSettings(await readStoredOf(db, projectId))
}
