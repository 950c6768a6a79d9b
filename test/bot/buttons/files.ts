import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|files|WEB-12|0', 'screen files', { key: 'WEB-12', page: 0 }],
  ['1v|note|WEB-12|0', 'screen note', { key: 'WEB-12', page: 0 }],
  ['1v|result|WEB-12|0', 'screen result', { key: 'WEB-12', page: 0 }],
]
