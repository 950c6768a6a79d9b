import { Composer } from 'grammy'
import { deleteProject, editProject, restoreProject } from '../../../domain/projects/edit.ts'
import { type ProjectOverview, projectOverview } from '../../../domain/projects/overview.ts'
import { listProjects } from '../../../domain/projects/read.ts'
import { projectStatuses } from '../../../domain/projects/schemas.ts'
import { getProjectSettings, setProjectSettings } from '../../../domain/projects/settings.ts'
import { toasts } from '../../../view/kit/answers.ts'
import type { Card } from '../../../view/kit/card.ts'
import { projectCard } from '../../../view/projects/card.ts'
import {
  deletedProjectsCard,
  projectDeleteCard,
  projectDeletedCard,
  projectGoneCard,
} from '../../../view/projects/delete.ts'
import { projectDeliveryCard } from '../../../view/projects/delivery.ts'
import { projectEditCard, projectStatusCard } from '../../../view/projects/edit.ts'
import { projectsCard } from '../../../view/projects/projects.ts'
import { enterDialog } from '../../dialogs/dialogs.ts'
import { type BotContext, readerOf, scopeOf } from '../../kit/context.ts'
import { showScreen } from '../../kit/show.ts'
import { onAct, onScreen } from '../../kit/taps.ts'
import { orRefusal, takeBack } from '../../kit/tasks/take-back.ts'
import { toast } from '../../kit/toast.ts'

/** /projects: the list, a project's card, and its settings. */
export function projects(): Composer<BotContext> {
  const composer = new Composer<BotContext>()
  composer.command('projects', async (ctx) => {
    const key = ctx.match.trim().toUpperCase()
    await (key === '' ? showProjects(ctx, 0) : showProject(ctx, key))
  })
  onScreen(composer, 'projects', (ctx, _argument, page) => showProjects(ctx, page))
  onScreen(composer, 'project', (ctx, key) => showProject(ctx, key))
  onScreen(composer, 'project-edit', (ctx, key) =>
    withProject(ctx, key, ({ project }) => projectEditCard(project)),
  )
  onScreen(composer, 'project-status', (ctx, key) =>
    withProject(ctx, key, ({ project }) => projectStatusCard(project)),
  )
  onScreen(composer, 'project-delete', (ctx, key) => withProject(ctx, key, projectDeleteCard))
  onScreen(composer, 'project-delivery', showDelivery)
  onScreen(composer, 'deleted-projects', (ctx, _argument, page) => showDeleted(ctx, page))
  onScreen(composer, 'new-project', (ctx) => enterDialog(ctx, 'new-project'))
  onAct(composer, 'project-status', async (ctx, key, value) => {
    const status = projectStatuses.find((candidate) => candidate === value)
    if (status !== undefined) await edit(ctx, key, { status })
  })
  onAct(composer, 'project-priority', (ctx, key, value) => edit(ctx, key, { priority: Number(value) }))
  onAct(composer, 'project-set', setDelivery)
  onAct(composer, 'project-delete', remove)
  onAct(composer, 'project-restore', restore)
  onAct(composer, 'undo-project', async (ctx, key, auditId) => {
    await takeBack(ctx, auditId)
    await showProject(ctx, key)
  })
  return composer
}

async function showProjects(ctx: BotContext, page: number): Promise<void> {
  const all = await listProjects(scopeOf(ctx), { includeDeleted: true })
  const deleted = all.filter((project) => project.deletedAt !== null).length
  await showScreen(
    ctx,
    projectsCard({ projects: await projectOverview(scopeOf(ctx), ctx.board.now()), page, deleted }),
  )
}

export async function showProject(ctx: BotContext, key: string, undo?: string | null): Promise<void> {
  await withProject(ctx, key, (overview) =>
    projectCard(overview, { ...readerOf(ctx), hasTopics: hasTopics(ctx) }, undo),
  )
}

function hasTopics(ctx: BotContext): boolean {
  return ctx.chat?.type === 'supergroup' && ctx.chat.is_forum === true
}

async function withProject(
  ctx: BotContext,
  key: string,
  card: (overview: ProjectOverview) => Card,
): Promise<void> {
  const found = (await projectOverview(scopeOf(ctx), ctx.board.now())).find(
    ({ project }) => project.projectKey === key,
  )
  await showScreen(ctx, found === undefined ? projectGoneCard(key) : card(found))
}

export async function showDelivery(ctx: BotContext, key: string): Promise<void> {
  const project = (await listProjects(scopeOf(ctx))).find((candidate) => candidate.projectKey === key)
  if (project === undefined) return showScreen(ctx, projectGoneCard(key))
  await showScreen(ctx, projectDeliveryCard(project, await getProjectSettings(scopeOf(ctx), key)))
}

async function showDeleted(ctx: BotContext, page: number): Promise<void> {
  const all = await listProjects(scopeOf(ctx), { includeDeleted: true })
  await showScreen(
    ctx,
    deletedProjectsCard(
      all.filter((project) => project.deletedAt !== null),
      page,
    ),
  )
}

async function edit(ctx: BotContext, key: string, patch: Parameters<typeof editProject>[2]): Promise<void> {
  const edited = await orRefusal(ctx, () => editProject(ctx.board, key, patch))
  if (edited !== null) await toast(ctx, edited.auditId === null ? toasts.unchanged : 'Saved.')
  await showProject(ctx, key, edited?.auditId)
}

async function setDelivery(ctx: BotContext, key: string, assignment: string): Promise<void> {
  const [name = '', value = ''] = assignment.split('=')
  const changed = await orRefusal(ctx, () => setProjectSettings(ctx.board, key, { [name]: value }))
  if (changed !== null) await toast(ctx, changed.auditId === null ? toasts.unchanged : 'Saved.')
  await showDelivery(ctx, key)
}

async function remove(ctx: BotContext, key: string): Promise<void> {
  const deleted = await orRefusal(ctx, () => deleteProject(ctx.board, key))
  if (deleted === null) return showScreen(ctx, projectGoneCard(key))
  await toast(ctx, deleted.auditId === null ? toasts.unchanged : `${key} deleted.`)
  await showScreen(ctx, projectDeletedCard(deleted.project))
}

async function restore(ctx: BotContext, key: string): Promise<void> {
  const restored = await orRefusal(ctx, () => restoreProject(ctx.board, key))
  if (restored !== null) await toast(ctx, restored.auditId === null ? toasts.unchanged : `${key} restored.`)
  await showProject(ctx, key)
}
