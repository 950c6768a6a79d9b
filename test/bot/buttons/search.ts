import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|search|fix v1.2 login|1', 'screen search', { words: 'fix v1.2 login', page: 1 }],
  ['1v|search||0', 'screen search', { words: '', page: 0 }],
]
