import { v7 } from 'uuid'
import { z } from 'zod'
import { type ProjectRow, projectSettings } from '../../db/schema.ts'
import type { Change } from '../core/commit/commit.ts'
import { keyValueRows } from '../core/commit/key-values.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { storable } from '../core/text.ts'
import { requireAnyProject } from './edit.ts'
import {
  type ProjectSettingKey,
  type ProjectSettings,
  projectSettingKeys,
  projectSettingSpecs,
  toProjectSettings,
} from './project-settings.ts'
import { noSuchProject, requireProject } from './read.ts'
import { readSettings, readStoredOf } from './stored-settings.ts'

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
  return ctx.commit(async (db) => {
    const { row } = await requireAnyProject(ctx, db, key)
    if (row.deletedAt !== null) throw noSuchProject(key)
    return changeProjectSettings(ctx, { project: row, stored: await readStoredOf(db, row.id), wanted })
  })
}

/** Decides a change of a project's settings. */
export function changeProjectSettings(
  ctx: Ctx,
  change: {
    readonly project: ProjectRow
    readonly stored: Readonly<Record<string, string>>
    readonly wanted: readonly ParsedSetting[]
  },
): Change<ChangedProjectSettings> {
  const { project, stored, wanted } = change
  const before = toProjectSettings(stored)
  const changed = wanted.filter(({ name, value }) => (value ?? defaultOf(name)) !== before[name])
  if (changed.length === 0) return { unchanged: true, result: { project, settings: before, auditId: null } }
  const names = changed.map(({ name }) => name)
  const texts = Object.fromEntries(changed.map(({ name, value }) => [name, value]))
  const kept = Object.entries({ ...stored, ...texts }).filter(([, value]) => value !== null)
  const settings = toProjectSettings(Object.fromEntries(kept) as Record<string, string>)
  const pick = (from: ProjectSettings) => Object.fromEntries(names.map((name) => [name, from[name]]))
  const auditId = v7()
  const rows = keyValueRows(projectSettings, {
    of: { projectId: project.id },
    before: stored,
    after: texts,
    now: ctx.now(),
  })
  return {
    result: { project, settings, auditId },
    rows,
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
