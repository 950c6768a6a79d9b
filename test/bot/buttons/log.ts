import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1v|log|WEB|1', 'screen log', { about: 'WEB', page: 1 }]]
