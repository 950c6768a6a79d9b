import { id, type PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|new-token|Codex|0', 'screen new-token', { agent: 'Codex', page: 0 }],
  ['1v|new-token||0', 'screen new-token', { agent: '', page: 0 }],
  [`1v|token|${id}|0`, 'screen token', { id: id, page: 0 }],
  [`1v|token-revoke|${id}|0`, 'screen token-revoke', { id: id, page: 0 }],
  [`1w|allow-deletions|${id}|`, 'act allow-deletions', { tokenId: id }],
  ['1w|forget||', 'act forget', {}],
  ['1w|token-make||30', 'act token-make', { days: '30' }],
  [`1w|token-revoke|${id}|`, 'act token-revoke', { id: id }],
]
