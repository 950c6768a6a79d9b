import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [
    '1t|WEB-12|Ab-_|new-project|SHOP',
    'suggest',
    { key: 'WEB-12', mark: 'Ab-_', kind: 'new-project', value: 'SHOP' },
  ],
]
