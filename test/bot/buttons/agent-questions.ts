import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  [`1b|0|${packed}|2`, 'answer', { on: 'card', question: id, option: '2' }],
  [`1i|3|${packed}|1|1|2`, 'item', { on: 'question', question: id, item: '1', way: 'toggle', option: '2' }],
  [
    `1i|0|${packed}|1|3|allow`,
    'item',
    { on: 'card', question: id, item: '1', way: 'session', option: 'allow' },
  ],
  [`1w|words|${packed}|1.2`, 'act words', { question: id, ask: 'deny', item: '2' }],
  ['1w|own-questions||', 'act own-questions', {}],
]
