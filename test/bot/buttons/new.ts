import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [['1w|new-in|WEB|', 'act new-in', { projectKey: 'WEB' }]]
