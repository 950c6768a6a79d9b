import { and, eq, inArray, sql } from 'drizzle-orm'
import { v7 } from 'uuid'
import { z } from 'zod'
import { type ProjectRow, projectSettings } from '../../db/schema.ts'
import type { Tx } from '../../db/types.ts'
import type { Change, Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { storable } from '../core/text.ts'
import { lockProject } from './edit.ts'
import {
  type ProjectSettingKey,
  type ProjectSettings,
  projectSettingKeys,
  projectSettingSpecs,
} from './project-settings.ts'
import { noSuchProject, requireProject } from './read.ts'
import { readSettings } from './stored-settings.ts'

/** Returns all known settings of a project with defaults filled in. Throws `not-found`. */
export async function getProjectSettings(scope: Scope, key: string): Promise<ProjectSettings> {
  const project = await requireProject(scope, key)
  return readSettings(scope.db, project.id)
}

/** New values by key; null restores the default. */
export type ProjectSettingsPatch = Readonly<Partial<Record<ProjectSettingKey, string | null>>>

export interface ChangedProjectSettings {
  readonly project: ProjectRow
  readonly settings: ProjectSettings
  readonly auditId: string | null
}

/** Changes a project's settings. Throws `invalid` for an unknown key or an invalid value, and `not-found`. */
export async function setProjectSettings(
  ctx: Ctx,
  key: string,
  patch: ProjectSettingsPatch,
): Promise<ChangedProjectSettings> {
  const wanted = parseProjectSettings(patch)
  return ctx.mutate(async (tx) => {
    const project = await lockProject(ctx, tx, key)
    if (project.deletedAt !== null) throw noSuchProject(key)
    return applyProjectSettings(ctx, tx, project, wanted)
  })
}

/** The body of `setProjectSettings`, for a locked project and a parsed patch. */
export async function applyProjectSettings(
  ctx: Ctx,
  tx: Tx,
  project: ProjectRow,
  wanted: readonly ParsedSetting[],
): Promise<Change<ChangedProjectSettings>> {
  const before = await readSettings(tx, project.id)
  const changed = wanted.filter(({ name, value }) => (value ?? defaultOf(name)) !== before[name])
  if (changed.length === 0) return { unchanged: true, result: { project, settings: before, auditId: null } }
  const now = ctx.now()
  const names = changed.map(({ name }) => name)
  const cleared = changed.flatMap(({ name, value }) => (value === null ? [name] : []))
  const kept = changed.flatMap(({ name, value }) =>
    value === null ? [] : [{ projectId: project.id, key: name, value, createdAt: now, updatedAt: now }],
  )
  if (cleared.length > 0) {
    await tx
      .delete(projectSettings)
      .where(and(eq(projectSettings.projectId, project.id), inArray(projectSettings.key, cleared)))
  }
  if (kept.length > 0) {
    await tx
      .insert(projectSettings)
      .values(kept)
      .onConflictDoUpdate({
        target: [projectSettings.projectId, projectSettings.key],
        set: { value: sql`excluded.value`, updatedAt: now },
      })
  }
  const settings = await readSettings(tx, project.id)
  const pick = (from: ProjectSettings) => Object.fromEntries(names.map((name) => [name, from[name]]))
  const auditId = v7()
  return {
    result: { project, settings, auditId },
    events: [
      {
        type: 'PROJECT_UPDATED',
        entityId: project.projectKey,
        projectId: project.id,
        payload: { name: project.name, fields: names },
      },
    ],
    audit: [
      {
        id: auditId,
        action: 'project.settings',
        targetType: 'project',
        targetId: project.projectKey,
        meta: { projectId: project.id, before: pick(before), after: pick(settings) },
      },
    ],
  }
}

interface ParsedSetting {
  readonly name: ProjectSettingKey
  readonly value: string | null
}

/** Parses a patch; throws `invalid`. */
export function parseProjectSettings(patch: Readonly<Record<string, unknown>>): ParsedSetting[] {
  return Object.entries(patch).map(([name, value]) => parseSetting(name, value))
}

function parseSetting(name: string, value: unknown): ParsedSetting {
  if (!isKnown(name)) {
    throw new DomainError(
      'invalid',
      `No setting ${name.slice(0, 40)}. Use one of: ${projectSettingKeys.join(', ')}.`,
      { key: name },
    )
  }
  if (value === null) return { name, value }
  const { schema } = projectSettingSpecs[name]
  const isClosed = schema instanceof z.ZodEnum
  const text = typeof value === 'string' ? value.trim() : value
  const parsed = schema.safeParse(isClosed && typeof text === 'string' ? text.toLowerCase() : text)
  if (parsed.success && storable(parsed.data) === parsed.data) return { name, value: parsed.data }
  throw new DomainError(
    'invalid',
    `${name}: ${isClosed ? `must be one of ${schema.options.join(', ')}` : (parsed.error?.issues[0]?.message ?? "has characters that can't be stored")}.`,
    { key: name },
  )
}

function isKnown(name: string): name is ProjectSettingKey {
  return Object.hasOwn(projectSettingSpecs, name)
}

function defaultOf(name: ProjectSettingKey): string {
  return projectSettingSpecs[name].fallback
}
