import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|stats|month|0', 'screen stats', { period: 'month', page: 0 }],
]
