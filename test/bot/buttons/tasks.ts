import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|tasks|=todo|1', 'screen tasks', { query: '=todo', page: 1 }],
  ['1v|tasks|todo WEB #v1.2|0', 'screen tasks', { query: 'todo WEB #v1.2', page: 0 }],
]
