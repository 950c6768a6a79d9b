import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|project-topic|WEB|0', 'screen project-topic', { key: 'WEB', page: 0 }],
  ['1w|project-topic|WEB|own', 'act project-topic', { key: 'WEB', choice: 'own' }],
]
