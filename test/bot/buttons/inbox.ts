import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1s|WEB-12', 'skip', { key: 'WEB-12' }],
  ['1v|inbox||0', 'screen inbox', { page: 0 }],
]
