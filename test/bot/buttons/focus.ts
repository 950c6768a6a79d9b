import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|focus|pin|1', 'screen focus', { list: 'pin', page: 1 }],
  ['1v|focus||0', 'screen focus', { list: '', page: 0 }],
  ['1w|focus|WEB-12|done.todo', 'act focus', { key: 'WEB-12', to: 'done', from: 'todo' }],
  [`1u|focus|${packed}|`, 'undo focus', { screen: 'focus', audit: id, about: '' }],
]

export const earlier: readonly PinnedButton[] = [
  ['1w|focus|WEB-12|done', 'act focus', { key: 'WEB-12', to: 'done', from: null }],
  ['1w|focus|WEB-12|pin', 'act focus', { key: 'WEB-12', to: 'pin', from: null }],
  [`1w|focus-undo|${packed}|`, 'undo focus', { audit: id }],
]
