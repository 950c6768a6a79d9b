import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1v|doctor||0', 'screen doctor', { page: 0 }]]
