import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|home||0', 'screen home', { page: 0 }],
  ['1w|dialog|key|ok', 'act dialog', { about: 'key', answer: 'ok' }],
]
