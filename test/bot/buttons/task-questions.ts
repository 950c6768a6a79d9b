import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1a|0|WEB-12|1', 'ask', { on: 'card', key: 'WEB-12', what: 'send-back' }],
]
