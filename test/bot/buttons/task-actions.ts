import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1p|1|WEB-12|1', 'priority', { on: 'deck', key: 'WEB-12', to: 'high' }],
  ['1e|0|WEB-12|1', 'engine', { on: 'card', key: 'WEB-12', to: 'codex' }],
  ['1e|0|WEB-12|', 'engine', { on: 'card', key: 'WEB-12', to: null }],
  [`1l|0|WEB-12|${packed}|1`, 'label', { on: 'card', key: 'WEB-12', label: id, set: true }],
  ['1d|0|WEB-12|2', 'due', { on: 'card', key: 'WEB-12', to: 'friday' }],
  ['1f|0|WEB-12|0', 'focus', { on: 'card', key: 'WEB-12', set: false }],
  ['1c|0|WEB-12|b|Ab-_|1', 'criterion', { on: 'card', key: 'WEB-12', index: 11, mark: 'Ab-_', met: true }],
  ['1j|0|WEB-12|API', 'project', { on: 'card', key: 'WEB-12', to: 'API' }],
  ['1n|0|WEB-12|2|2', 'menu', { on: 'card', key: 'WEB-12', menu: 'labels', page: 2 }],
  ['1x|0|WEB-12|0', 'delete', { on: 'card', key: 'WEB-12', sure: false }],
  [`1u|1|${packed}`, 'undo', { on: 'deck', audit: id }],
  ['1o|WEB-12', 'open', { key: 'WEB-12' }],
]
