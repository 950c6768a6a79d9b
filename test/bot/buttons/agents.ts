import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1v|agents||2', 'screen agents', { page: 2 }]]
