import { deleteProject, editProject, restoreProject } from '../../../domain/projects/edit.ts'
import { projectStatuses } from '../../../domain/projects/schemas.ts'
import { setProjectSettings } from '../../../domain/projects/settings.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { projectDeleteCard, projectDeletedCard, projectGoneCard } from '../../../view/projects/delete.ts'
import { projectEditCard, projectStatusCard } from '../../../view/projects/edit.ts'
import { enterDialog } from '../../dialogs/dialogs.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onAct, onCommand, onScreen } from '../../kit/feature.ts'
import { showScreen } from '../../kit/show.ts'
import { orRefusal, takeBack } from '../../kit/tasks/take-back.ts'
import { toast } from '../../kit/toast.ts'
import { answerProjectPrompts } from './project-answers.ts'
import { showDeleted, showDelivery, showProject, showProjects, withProject } from './project-screens.ts'

/** /projects: the list, a project's card, and its settings. */
export function projects(): Feature {
  const feature = createFeature()
  onCommand(feature, 'projects', async (ctx) => {
    const key = ctx.match.trim().toUpperCase()
    await (key === '' ? showProjects(ctx, 0) : showProject(ctx, key))
  })
  onScreen(feature, 'projects', (ctx, _argument, page) => showProjects(ctx, page))
  onScreen(feature, 'project', (ctx, key) => showProject(ctx, key))
  onScreen(feature, 'project-edit', (ctx, key) =>
    withProject(ctx, key, ({ project }) => projectEditCard(project)),
  )
  onScreen(feature, 'project-status', (ctx, key) =>
    withProject(ctx, key, ({ project }) => projectStatusCard(project)),
  )
  onScreen(feature, 'project-delete', (ctx, key) => withProject(ctx, key, projectDeleteCard))
  onScreen(feature, 'project-delivery', showDelivery)
  onScreen(feature, 'deleted-projects', (ctx, _argument, page) => showDeleted(ctx, page))
  onScreen(feature, 'new-project', (ctx) => enterDialog(ctx, 'new-project'))
  onAct(feature, 'project-status', async (ctx, key, value) => {
    const status = projectStatuses.find((candidate) => candidate === value)
    if (status !== undefined) await edit(ctx, key, { status })
  })
  onAct(feature, 'project-priority', (ctx, key, value) => edit(ctx, key, { priority: Number(value) }))
  onAct(feature, 'project-set', setDelivery)
  onAct(feature, 'project-delete', remove)
  onAct(feature, 'project-restore', restore)
  onAct(feature, 'undo-project', async (ctx, key, auditId) => {
    await takeBack(ctx, auditId)
    await showProject(ctx, key)
  })
  answerProjectPrompts(feature)
  return feature
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
