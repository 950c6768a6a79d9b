import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1z', 'cancel', {}],
  ['1w|ask|new-label|', 'act ask', { kind: 'new-label', about: '' }],
  ['1w|ask|project-name|WEB', 'act ask', { kind: 'project-name', about: 'WEB' }],
]
