import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|board|WEB|0', 'screen board', { projectKey: 'WEB', page: 0 }],
  ['1v|board||0', 'screen board', { projectKey: '', page: 0 }],
  ['1w|all|ready|WEB', 'act all', { status: 'ready', projectKey: 'WEB' }],
  ['1w|all-sure|done|', 'act all-sure', { status: 'done', projectKey: '' }],
  [`1u|board|${packed}|WEB`, 'undo board', { screen: 'board', audit: id, about: 'WEB' }],
]

export const earlier: readonly PinnedButton[] = [
  [`1w|board-undo|${packed}|WEB`, 'undo board', { audit: id, about: 'WEB' }],
]
