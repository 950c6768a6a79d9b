import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1v|audit|WEB-12:${packed}|0`, 'screen audit', { about: 'WEB-12', before: id, page: 0 }],
  ['1v|audit|:|0', 'screen audit', { about: '', before: null, page: 0 }],
  [`1v|security|${packed}|0`, 'screen security', { before: id, page: 0 }],
  ['1v|security||0', 'screen security', { before: null, page: 0 }],
]

export const earlier: readonly PinnedButton[] = [
  ['1v|audit||0', 'screen audit', { about: '', before: null, page: 0 }],
]
