import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1w|restore|${packed}|`, 'act restore', { audit: id }],
  [`1w|restore-all|${packed}|`, 'act restore-all', { audit: id }],
  [`1w|undo-before|${packed}|`, 'act undo-before', { before: id }],
  [`1u|audit|${packed}|`, 'undo audit', { screen: 'audit', audit: id, about: '' }],
]

export const earlier: readonly PinnedButton[] = [[`1w|audit-undo|${packed}|`, 'undo audit', { audit: id }]]
