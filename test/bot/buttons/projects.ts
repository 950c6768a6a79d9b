import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|deleted-projects||1', 'screen deleted-projects', { page: 1 }],
  ['1v|new-project||0', 'screen new-project', { page: 0 }],
  ['1v|project|WEB|0', 'screen project', { key: 'WEB', page: 0 }],
  ['1v|project-delete|WEB|0', 'screen project-delete', { key: 'WEB', page: 0 }],
  ['1v|project-delivery|WEB|0', 'screen project-delivery', { key: 'WEB', page: 0 }],
  ['1v|project-edit|WEB|0', 'screen project-edit', { key: 'WEB', page: 0 }],
  ['1v|project-status|WEB|0', 'screen project-status', { key: 'WEB', page: 0 }],
  ['1v|projects||1', 'screen projects', { page: 1 }],
  ['1w|project-delete|WEB|', 'act project-delete', { key: 'WEB' }],
  ['1w|project-priority|WEB|2', 'act project-priority', { key: 'WEB', priority: '2' }],
  ['1w|project-restore|WEB|', 'act project-restore', { key: 'WEB' }],
  ['1w|project-set|WEB|delivery=pr', 'act project-set', { key: 'WEB', name: 'delivery', value: 'pr' }],
  ['1w|project-status|WEB|paused', 'act project-status', { key: 'WEB', status: 'paused' }],
  [`1u|project|${packed}|WEB`, 'undo project', { screen: 'project', audit: id, about: 'WEB' }],
]

export const earlier: readonly PinnedButton[] = [
  [`1w|undo-project|WEB|${id}`, 'undo project', { about: 'WEB', audit: id }],
]
