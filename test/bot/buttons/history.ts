import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|history|WEB-12|1', 'screen history', { key: 'WEB-12', page: 1 }],
]
