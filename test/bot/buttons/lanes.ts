import type { PinnedButton } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|lane|todo.WEB|1', 'screen lane', { status: 'todo', projectKey: 'WEB', page: 1 }],
  ['1v|lane|ready.|0', 'screen lane', { status: 'ready', projectKey: '', page: 0 }],
  ['1v|pick|hold.|2', 'screen pick', { status: 'hold', projectKey: '', page: 2 }],
  ['1v|place|WEB-12.WEB|0', 'screen place', { key: 'WEB-12', projectKey: 'WEB', page: 0 }],
  ['1v|place|WEB-12.|0', 'screen place', { key: 'WEB-12', projectKey: '', page: 0 }],
  ['1w|pick|+WEB-12|todo.WEB.2', 'act pick', { card: '+WEB-12', status: 'todo', projectKey: 'WEB', page: 2 }],
  ['1w|picked|!high|todo..0', 'act picked', { change: '!high', status: 'todo', projectKey: '', page: 0 }],
  ['1w|place|WEB-12|up.WEB.todo', 'act place', { key: 'WEB-12', to: 'up', projectKey: 'WEB', from: 'todo' }],
]

export const earlier: readonly PinnedButton[] = [
  ['1w|place|WEB-12|up.WEB', 'act place', { key: 'WEB-12', to: 'up', projectKey: 'WEB', from: '' }],
]
