import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1v|digest||0', 'screen digest', { page: 0 }]]
