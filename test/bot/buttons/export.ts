import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1w|export||', 'act export', {}]]
