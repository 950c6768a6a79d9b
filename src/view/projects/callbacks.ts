import { projectStatuses } from '../../domain/projects/schemas.ts'
import { defineAct, defineScreen, field } from '../kit/callbacks.ts'
import { undoOn } from '../kit/links.ts'

export const projectsScreen = defineScreen('projects')
export const deletedProjectsScreen = defineScreen('deleted-projects')
export const projectEditScreen = defineScreen('project-edit', { key: field.text })
export const projectStatusScreen = defineScreen('project-status', { key: field.text })
export const projectDeliveryScreen = defineScreen('project-delivery', { key: field.text })
export const projectTopicScreen = defineScreen('project-topic', { key: field.text })
export const projectDeleteScreen = defineScreen('project-delete', { key: field.text })

export const projectStatusTap = defineAct(
  'project-status',
  { key: field.text },
  { status: field.named(projectStatuses) },
)
export const projectPriorityTap = defineAct('project-priority', { key: field.text }, { priority: field.text })
export const projectSettingTap = defineAct(
  'project-set',
  { key: field.text },
  { name: field.text, value: field.text },
  '=',
)
/** Sets the topic for a project's updates: its own, the one with this button, or the main one. */
export const projectTopicTap = defineAct('project-topic', { key: field.text }, { choice: field.text })
export const projectDeleteTap = defineAct('project-delete', { key: field.text })
export const projectRestoreTap = defineAct('project-restore', { key: field.text })
export const projectUndoTap = undoOn(
  'project',
  defineAct('undo-project', { about: field.text }, { audit: field.text }),
)
