import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1w|send-again|${packed}|`, 'act send-again', { comment: id }],
]
