import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1m|0|WEB-12|1|4', 'move', { on: 'card', key: 'WEB-12', from: 'todo', to: 'done' }],
  ['1q|2|WEB-12|0', 'queue', { on: 'news', key: 'WEB-12', set: false }],
  ['1r|0|WEB-12', 'release', { on: 'card', key: 'WEB-12' }],
  ['1h|0|WEB-12|3|2|1', 'handoff', { on: 'card', key: 'WEB-12', from: 'ready', goal: 'review', sure: true }],
  ['1g|0|WEB-12', 'sendBack', { on: 'card', key: 'WEB-12' }],
  ['1k|0|WEB-12|1|2', 'stopAndMove', { on: 'card', key: 'WEB-12', from: 'todo', to: 'hold' }],
]
