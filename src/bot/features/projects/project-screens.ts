import { type ProjectOverview, projectOverview } from '../../../domain/projects/overview.ts'
import { listProjects } from '../../../domain/projects/read.ts'
import { getProjectSettings } from '../../../domain/projects/settings.ts'
import type { Card } from '../../../view/kit/card.ts'
import { projectCard } from '../../../view/projects/card.ts'
import { deletedProjectsCard, projectGoneCard } from '../../../view/projects/delete.ts'
import { projectDeliveryCard } from '../../../view/projects/delivery.ts'
import { projectsCard } from '../../../view/projects/projects.ts'
import { type BotContext, scopeOf, viewerOf } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'

/** Shows a page of projects. */
export async function showProjects(ctx: BotContext, page: number): Promise<void> {
  const all = await listProjects(scopeOf(ctx), { includeDeleted: true })
  const deleted = all.filter((project) => project.deletedAt !== null).length
  await showScreen(
    ctx,
    projectsCard({ projects: await projectOverview(scopeOf(ctx), ctx.board.now()), page, deleted }),
  )
}

/** Shows a project's card. */
export async function showProject(ctx: BotContext, key: string, undo?: string | null): Promise<void> {
  await withProject(ctx, key, (overview) =>
    projectCard(overview, { ...viewerOf(ctx), hasTopics: hasTopics(ctx) }, undo),
  )
}

function hasTopics(ctx: BotContext): boolean {
  return ctx.chat?.type === 'supergroup' && ctx.chat.is_forum === true
}

/** Shows a screen of a project, or says that the project is gone. */
export async function withProject(
  ctx: BotContext,
  key: string,
  card: (overview: ProjectOverview) => Card,
): Promise<void> {
  const found = (await projectOverview(scopeOf(ctx), ctx.board.now())).find(
    ({ project }) => project.projectKey === key,
  )
  await showScreen(ctx, found === undefined ? projectGoneCard(key) : card(found))
}

/** Shows how agents deliver work in a project. */
export async function showDelivery(ctx: BotContext, key: string): Promise<void> {
  const project = (await listProjects(scopeOf(ctx))).find((candidate) => candidate.projectKey === key)
  if (project === undefined) return showScreen(ctx, projectGoneCard(key))
  await showScreen(ctx, projectDeliveryCard(project, await getProjectSettings(scopeOf(ctx), key)))
}

/** Shows a page of deleted projects. */
export async function showDeleted(ctx: BotContext, page: number): Promise<void> {
  const all = await listProjects(scopeOf(ctx), { includeDeleted: true })
  await showScreen(
    ctx,
    deletedProjectsCard(
      all.filter((project) => project.deletedAt !== null),
      page,
    ),
  )
}
