import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1w|keep-waiting|WEB-12|', 'act keep-waiting', { key: 'WEB-12' }],
  ['1w|nudge|WEB-12|', 'act nudge', { key: 'WEB-12' }],
]
