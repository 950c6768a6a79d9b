import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1v|label|${id}|0`, 'screen label', { id: id, page: 0 }],
  [`1v|label-color|${id}|0`, 'screen label-color', { id: id, page: 0 }],
  [`1v|label-delete|${id}|0`, 'screen label-delete', { id: id, page: 0 }],
  [`1v|label-merge|${id}|1`, 'screen label-merge', { id: id, page: 1 }],
  ['1v|labels||1', 'screen labels', { page: 1 }],
  [`1w|label-color|${id}|red`, 'act label-color', { id: id, color: 'red' }],
  [`1w|label-delete|${id}|`, 'act label-delete', { id: id }],
  [`1w|label-merge|${packed}|${packed}`, 'act label-merge', { from: id, into: id }],
  [`1u|labels|${packed}|`, 'undo labels', { screen: 'labels', audit: id, about: '' }],
]

export const earlier: readonly PinnedButton[] = [[`1w|undo-label||${id}`, 'undo labels', { audit: id }]]
