import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1v|due||3', 'screen due', { page: 3 }]]
