import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1y|1|WEB-12|3', 'later', { on: 'deck', key: 'WEB-12', to: 'week' }],
]
