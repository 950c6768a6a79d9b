import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|permissions||0', 'screen permissions', { page: 0 }],
  ['1w|permissions||lock', 'act permissions', { to: 'lock' }],
  [`1u|permissions|${packed}|`, 'undo permissions', { screen: 'permissions', audit: id, about: '' }],
  ['1v|rules||2', 'screen rules', { page: 2 }],
  [`1w|rule-revoke|${packed}|`, 'act rule-revoke', { id }],
]
