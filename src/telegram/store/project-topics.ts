import type { Ctx } from '../../domain/core/context.ts'
import { requireProject } from '../../domain/projects/read.ts'
import { decodeSetting, settingSpecs } from '../../domain/settings/setting-specs.ts'
import { decideSettings, type OwnerSettings, parseSettings } from '../../domain/settings/settings.ts'
import { readStored } from '../../domain/settings/stored-settings.ts'

/** Returns the topic for a project's notifications; null for the chat itself. */
export function threadFor(
  settings: Pick<OwnerSettings, 'threadId' | 'projectTopics'>,
  projectKey: string | null,
): number | null {
  const own = projectKey === null ? undefined : settings.projectTopics[projectKey]
  return own ?? settings.threadId
}

/** Returns the project of a topic; null if it has none or several. */
export function projectOfTopic(
  { projectTopics }: Pick<OwnerSettings, 'projectTopics'>,
  threadId: number | null,
): string | null {
  const [key, ...others] = Object.keys(projectTopics).filter((key) => projectTopics[key] === threadId)
  return key === undefined || others.length > 0 ? null : key
}

/** Sends a project's notifications to a topic; null resets it. Throws `not-found`. */
export async function setProjectTopic(
  ctx: Ctx,
  projectKey: string,
  threadId: number | null,
): Promise<{ readonly auditId: string | null }> {
  return changeTopics(ctx, projectKey, (pairs) => [
    ...pairs.filter((pair) => !pair.startsWith(`${projectKey}:`)),
    ...(threadId === null ? [] : [`${projectKey}:${threadId}`]),
  ])
}

/** Removes a deleted topic from its projects. Returns whether any used it. */
export async function clearTopic(ctx: Ctx, threadId: number): Promise<boolean> {
  const { auditId } = await changeTopics(ctx, null, (pairs) =>
    pairs.filter((pair) => !pair.endsWith(`:${threadId}`)),
  )
  return auditId !== null
}

async function changeTopics(
  ctx: Ctx,
  projectKey: string | null,
  change: (pairs: readonly string[]) => string[],
): Promise<{ readonly auditId: string | null }> {
  return ctx.commit(async (db) => {
    if (projectKey !== null) await requireProject({ db, ownerId: ctx.ownerId }, projectKey)
    const stored = await readStored(db, ctx.ownerId)
    const pairs = decodeSetting(settingSpecs.projectTopics, stored[settingSpecs.projectTopics.key])
    return decideSettings(ctx, db, parseSettings({ projectTopics: change(pairs) }))
  })
}
