import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1w|limit-keep|${packed}|`, 'act limit-keep', { limit: id }],
  [`1w|limit-lift|${packed}|`, 'act limit-lift', { limit: id }],
  [`1w|limit-other|${packed}|1`, 'act limit-other', { limit: id, engine: 'codex' }],
  [`1u|limit|${packed}|${packed}`, 'undo limit', { screen: 'limit', audit: id, about: packed }],
]
