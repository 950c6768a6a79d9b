import { deleteProject, editProject, restoreProject } from '../../../domain/projects/edit.ts'
import { setProjectSettings } from '../../../domain/projects/settings.ts'
import { toasts } from '../../../view/kit/answers.ts'
import { newProjectScreen, projectScreen } from '../../../view/kit/links.ts'
import {
  deletedProjectsScreen,
  projectDeleteScreen,
  projectDeleteTap,
  projectDeliveryScreen,
  projectEditScreen,
  projectPriorityTap,
  projectRestoreTap,
  projectSettingTap,
  projectStatusScreen,
  projectStatusTap,
  projectsScreen,
  projectUndoTap,
} from '../../../view/projects/callbacks.ts'
import { projectDeleteCard, projectDeletedCard, projectGoneCard } from '../../../view/projects/delete.ts'
import { projectEditCard, projectStatusCard } from '../../../view/projects/edit.ts'
import { enterDialog } from '../../dialogs/dialogs.ts'
import type { BotContext } from '../../kit/context.ts'
import { createFeature, type Feature, onCommand, onTap } from '../../kit/feature.ts'
import { orRefusal } from '../../kit/refusals.ts'
import { showScreen } from '../../kit/show.ts'
import { toast } from '../../kit/toast.ts'
import { onUndo } from '../../kit/undo.ts'
import { answerProjectPrompts } from './project-answers.ts'
import { showDeleted, showDelivery, showProject, showProjects, withProject } from './project-screens.ts'

/** /projects: the list, each project's card, and its settings. */
export function projectPages(): Feature {
  const feature = createFeature()
  onCommand(feature, { command: 'projects', description: 'Projects', menu: 7 }, async (ctx) => {
    const key = ctx.match.trim().toUpperCase()
    await (key === '' ? showProjects(ctx, 0) : showProject(ctx, key))
  })
  onTap(feature, projectsScreen, (ctx, { page = 0 }) => showProjects(ctx, page))
  onTap(feature, projectScreen, (ctx, { key }) => showProject(ctx, key))
  onTap(feature, projectEditScreen, (ctx, { key }) =>
    withProject(ctx, key, ({ project }) => projectEditCard(project)),
  )
  onTap(feature, projectStatusScreen, (ctx, { key }) =>
    withProject(ctx, key, ({ project }) => projectStatusCard(project)),
  )
  onTap(feature, projectDeleteScreen, (ctx, { key }) => withProject(ctx, key, projectDeleteCard))
  onTap(feature, projectDeliveryScreen, (ctx, { key }) => showDelivery(ctx, key))
  onTap(feature, deletedProjectsScreen, (ctx, { page = 0 }) => showDeleted(ctx, page))
  onTap(feature, newProjectScreen, (ctx) => enterDialog(ctx, 'new-project'))
  onTap(feature, projectStatusTap, (ctx, { key, status }) => edit(ctx, key, { status }))
  onTap(feature, projectPriorityTap, (ctx, { key, priority }) =>
    edit(ctx, key, { priority: Number(priority) }),
  )
  onTap(feature, projectSettingTap, setDelivery)
  onTap(feature, projectDeleteTap, (ctx, { key }) => remove(ctx, key))
  onTap(feature, projectRestoreTap, (ctx, { key }) => restore(ctx, key))
  onUndo(feature, projectUndoTap, (ctx, key) => showProject(ctx, key))
  answerProjectPrompts(feature)
  return feature
}

async function edit(ctx: BotContext, key: string, patch: Parameters<typeof editProject>[2]): Promise<void> {
  const edited = await orRefusal(ctx, () => editProject(ctx.board, key, patch))
  if (edited !== null) await toast(ctx, edited.auditId === null ? toasts.unchanged : 'Saved.')
  await showProject(ctx, key, edited?.auditId)
}

async function setDelivery(
  ctx: BotContext,
  { key, name, value }: { readonly key: string; readonly name: string; readonly value: string },
): Promise<void> {
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
