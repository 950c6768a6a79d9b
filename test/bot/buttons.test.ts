import { expect, test } from 'vitest'
import { buttons, readButton } from '../support/buttons.ts'

const id = '0198f3a4-5b6c-7d8e-9f01-23456789abcd'
const packed = 'AZjzpFtsfY6fASNFZ4mrzQ'

// Buttons in chats last for years, so these bytes must never change.
const current = [
  ['1m|0|WEB-12|1|4', 'move', { on: 'card', key: 'WEB-12', from: 'todo', to: 'done' }],
  ['1p|1|WEB-12|1', 'priority', { on: 'deck', key: 'WEB-12', to: 'high' }],
  ['1e|0|WEB-12|1', 'engine', { on: 'card', key: 'WEB-12', to: 'codex' }],
  ['1e|0|WEB-12|', 'engine', { on: 'card', key: 'WEB-12', to: null }],
  [`1l|0|WEB-12|${packed}|1`, 'label', { on: 'card', key: 'WEB-12', label: id, set: true }],
  ['1d|0|WEB-12|2', 'due', { on: 'card', key: 'WEB-12', to: 'friday' }],
  ['1f|0|WEB-12|0', 'focus', { on: 'card', key: 'WEB-12', set: false }],
  ['1q|2|WEB-12|0', 'queue', { on: 'news', key: 'WEB-12', set: false }],
  ['1r|0|WEB-12', 'release', { on: 'card', key: 'WEB-12' }],
  ['1h|0|WEB-12|3|2|1', 'handoff', { on: 'card', key: 'WEB-12', from: 'ready', goal: 'review', sure: true }],
  [`1b|0|${packed}|2`, 'answer', { on: 'card', question: id, option: '2' }],
  ['1g|0|WEB-12', 'sendBack', { on: 'card', key: 'WEB-12' }],
  ['1k|0|WEB-12|1|2', 'stopAndMove', { on: 'card', key: 'WEB-12', from: 'todo', to: 'hold' }],
  ['1y|1|WEB-12|3', 'later', { on: 'deck', key: 'WEB-12', to: 'week' }],
  ['1c|0|WEB-12|b|Ab-_|1', 'criterion', { on: 'card', key: 'WEB-12', index: 11, mark: 'Ab-_', met: true }],
  ['1j|0|WEB-12|API', 'project', { on: 'card', key: 'WEB-12', to: 'API' }],
  ['1a|0|WEB-12|1', 'ask', { on: 'card', key: 'WEB-12', what: 'send-back' }],
  [
    '1t|WEB-12|Ab-_|new-project|SHOP',
    'suggest',
    { key: 'WEB-12', mark: 'Ab-_', kind: 'new-project', value: 'SHOP' },
  ],
  ['1n|0|WEB-12|2|2', 'menu', { on: 'card', key: 'WEB-12', menu: 'labels', page: 2 }],
  ['1x|0|WEB-12|0', 'delete', { on: 'card', key: 'WEB-12', sure: false }],
  [`1u|1|${packed}`, 'undo', { on: 'deck', audit: id }],
  ['1o|WEB-12', 'open', { key: 'WEB-12' }],
  ['1s|WEB-12', 'skip', { key: 'WEB-12' }],
  ['1z', 'cancel', {}],
  ['1v|agents||2', 'screen agents', { page: 2 }],
  [`1v|audit|WEB-12:${packed}|0`, 'screen audit', { about: 'WEB-12', before: id, page: 0 }],
  ['1v|audit|:|0', 'screen audit', { about: '', before: null, page: 0 }],
  ['1v|board|WEB|0', 'screen board', { projectKey: 'WEB', page: 0 }],
  ['1v|board||0', 'screen board', { projectKey: '', page: 0 }],
  ['1v|deleted-projects||1', 'screen deleted-projects', { page: 1 }],
  ['1v|digest||0', 'screen digest', { page: 0 }],
  ['1v|doctor||0', 'screen doctor', { page: 0 }],
  ['1v|due||3', 'screen due', { page: 3 }],
  ['1v|files|WEB-12|0', 'screen files', { key: 'WEB-12', page: 0 }],
  ['1v|focus|pin|1', 'screen focus', { list: 'pin', page: 1 }],
  ['1v|focus||0', 'screen focus', { list: '', page: 0 }],
  ['1v|history|WEB-12|1', 'screen history', { key: 'WEB-12', page: 1 }],
  ['1v|home||0', 'screen home', { page: 0 }],
  ['1v|inbox||0', 'screen inbox', { page: 0 }],
  [`1v|label|${id}|0`, 'screen label', { id: id, page: 0 }],
  [`1v|label-color|${id}|0`, 'screen label-color', { id: id, page: 0 }],
  [`1v|label-delete|${id}|0`, 'screen label-delete', { id: id, page: 0 }],
  [`1v|label-merge|${id}|1`, 'screen label-merge', { id: id, page: 1 }],
  ['1v|labels||1', 'screen labels', { page: 1 }],
  ['1v|lane|todo.WEB|1', 'screen lane', { status: 'todo', projectKey: 'WEB', page: 1 }],
  ['1v|lane|ready.|0', 'screen lane', { status: 'ready', projectKey: '', page: 0 }],
  ['1v|log|WEB|1', 'screen log', { about: 'WEB', page: 1 }],
  ['1v|new-project||0', 'screen new-project', { page: 0 }],
  ['1v|new-token|Codex|0', 'screen new-token', { agent: 'Codex', page: 0 }],
  ['1v|new-token||0', 'screen new-token', { agent: '', page: 0 }],
  ['1v|note|WEB-12|0', 'screen note', { key: 'WEB-12', page: 0 }],
  ['1v|pick|hold.|2', 'screen pick', { status: 'hold', projectKey: '', page: 2 }],
  ['1v|place|WEB-12.WEB|0', 'screen place', { key: 'WEB-12', projectKey: 'WEB', page: 0 }],
  ['1v|place|WEB-12.|0', 'screen place', { key: 'WEB-12', projectKey: '', page: 0 }],
  ['1v|project|WEB|0', 'screen project', { key: 'WEB', page: 0 }],
  ['1v|project-delete|WEB|0', 'screen project-delete', { key: 'WEB', page: 0 }],
  ['1v|project-delivery|WEB|0', 'screen project-delivery', { key: 'WEB', page: 0 }],
  ['1v|project-edit|WEB|0', 'screen project-edit', { key: 'WEB', page: 0 }],
  ['1v|project-status|WEB|0', 'screen project-status', { key: 'WEB', page: 0 }],
  ['1v|project-topic|WEB|0', 'screen project-topic', { key: 'WEB', page: 0 }],
  ['1v|projects||1', 'screen projects', { page: 1 }],
  ['1v|result|WEB-12|0', 'screen result', { key: 'WEB-12', page: 0 }],
  ['1v|search|fix v1.2 login|1', 'screen search', { words: 'fix v1.2 login', page: 1 }],
  ['1v|search||0', 'screen search', { words: '', page: 0 }],
  [`1v|security|${packed}|0`, 'screen security', { before: id, page: 0 }],
  ['1v|security||0', 'screen security', { before: null, page: 0 }],
  ['1v|settings|digest|0', 'screen settings', { part: 'digest', page: 0 }],
  ['1v|settings||0', 'screen settings', { part: '', page: 0 }],
  ['1v|stats|month|0', 'screen stats', { period: 'month', page: 0 }],
  ['1v|tasks|=todo|1', 'screen tasks', { query: '=todo', page: 1 }],
  ['1v|tasks|todo WEB #v1.2|0', 'screen tasks', { query: 'todo WEB #v1.2', page: 0 }],
  [`1v|token|${id}|0`, 'screen token', { id: id, page: 0 }],
  [`1v|token-revoke|${id}|0`, 'screen token-revoke', { id: id, page: 0 }],
  ['1w|all|ready|WEB', 'act all', { status: 'ready', projectKey: 'WEB' }],
  ['1w|all-sure|done|', 'act all-sure', { status: 'done', projectKey: '' }],
  [`1w|allow-deletions|${id}|`, 'act allow-deletions', { tokenId: id }],
  ['1w|ask|new-label|', 'act ask', { kind: 'new-label', about: '' }],
  ['1w|ask|project-name|WEB', 'act ask', { kind: 'project-name', about: 'WEB' }],
  ['1w|dialog|key|ok', 'act dialog', { about: 'key', answer: 'ok' }],
  ['1w|export||', 'act export', {}],
  ['1w|focus|WEB-12|done.todo', 'act focus', { key: 'WEB-12', to: 'done', from: 'todo' }],
  ['1w|forget||', 'act forget', {}],
  ['1w|keep-waiting|WEB-12|', 'act keep-waiting', { key: 'WEB-12' }],
  [`1w|label-color|${id}|red`, 'act label-color', { id: id, color: 'red' }],
  [`1w|label-delete|${id}|`, 'act label-delete', { id: id }],
  [`1w|label-merge|${packed}|${packed}`, 'act label-merge', { from: id, into: id }],
  ['1w|mute|WEB|1', 'act mute', { projectKey: 'WEB', set: true }],
  ['1w|new-in|WEB|', 'act new-in', { projectKey: 'WEB' }],
  ['1w|nudge|WEB-12|', 'act nudge', { key: 'WEB-12' }],
  ['1w|pick|+WEB-12|todo.WEB.2', 'act pick', { card: '+WEB-12', status: 'todo', projectKey: 'WEB', page: 2 }],
  ['1w|picked|!high|todo..0', 'act picked', { change: '!high', status: 'todo', projectKey: '', page: 0 }],
  ['1w|place|WEB-12|up.WEB.todo', 'act place', { key: 'WEB-12', to: 'up', projectKey: 'WEB', from: 'todo' }],
  ['1w|project-delete|WEB|', 'act project-delete', { key: 'WEB' }],
  ['1w|project-priority|WEB|2', 'act project-priority', { key: 'WEB', priority: '2' }],
  ['1w|project-restore|WEB|', 'act project-restore', { key: 'WEB' }],
  ['1w|project-set|WEB|delivery=pr', 'act project-set', { key: 'WEB', name: 'delivery', value: 'pr' }],
  ['1w|project-status|WEB|paused', 'act project-status', { key: 'WEB', status: 'paused' }],
  ['1w|project-topic|WEB|own', 'act project-topic', { key: 'WEB', choice: 'own' }],
  [`1w|restore|${packed}|`, 'act restore', { audit: id }],
  [`1w|restore-all|${packed}|`, 'act restore-all', { audit: id }],
  ['1w|set|quietHours|22:00-07:00', 'act set', { name: 'quietHours', value: '22:00-07:00' }],
  ['1w|token-make||30', 'act token-make', { days: '30' }],
  [`1w|token-revoke|${id}|`, 'act token-revoke', { id: id }],
  [`1w|undo-before|${packed}|`, 'act undo-before', { before: id }],
  ['1w|zone|settings|Europe/Berlin', 'act zone', { on: 'settings', timeZone: 'Europe/Berlin' }],
  [`1u|audit|${packed}|`, 'undo audit', { screen: 'audit', audit: id, about: '' }],
  [`1u|board|${packed}|WEB`, 'undo board', { screen: 'board', audit: id, about: 'WEB' }],
  [`1u|focus|${packed}|`, 'undo focus', { screen: 'focus', audit: id, about: '' }],
  [`1u|labels|${packed}|`, 'undo labels', { screen: 'labels', audit: id, about: '' }],
  [`1u|project|${packed}|WEB`, 'undo project', { screen: 'project', audit: id, about: 'WEB' }],
  [`1u|settings|${packed}|zone`, 'undo settings', { screen: 'settings', audit: id, about: 'zone' }],
] as const

/** What earlier versions sent, which still works. */
const earlier = [
  ['1v|audit||0', 'screen audit', { about: '', before: null, page: 0 }],
  [`1w|audit-undo|${packed}|`, 'undo audit', { audit: id }],
  [`1w|board-undo|${packed}|WEB`, 'undo board', { audit: id, about: 'WEB' }],
  ['1w|focus|WEB-12|done', 'act focus', { key: 'WEB-12', to: 'done', from: null }],
  ['1w|focus|WEB-12|pin', 'act focus', { key: 'WEB-12', to: 'pin', from: null }],
  [`1w|focus-undo|${packed}|`, 'undo focus', { audit: id }],
  ['1w|place|WEB-12|up.WEB', 'act place', { key: 'WEB-12', to: 'up', projectKey: 'WEB', from: '' }],
  [`1w|undo-label||${id}`, 'undo labels', { audit: id }],
  [`1w|undo-project|WEB|${id}`, 'undo project', { about: 'WEB', audit: id }],
  [`1w|undo-setting|zone|${id}`, 'undo settings', { about: 'zone', audit: id }],
] as const

test.each(current)('%s is the button %s with %j', (data, name, payload) => {
  expect(readButton(data)).toEqual({ name, payload })

  expect(buttons.find((button) => button.name === name)?.encode(payload)).toBe(data)
})

test.each(earlier)('%s of an earlier version is the button %s with %j', (data, name, payload) => {
  expect(readButton(data)).toEqual({ name, payload })
})

test('every button is in the list, and no two have the same name or the same data', () => {
  const names = buttons.map(({ name }) => name)

  expect([...names].sort()).toEqual([...new Set(current.map(([, name]) => name))].sort())
  for (const [data] of [...current, ...earlier])
    expect(buttons.filter((button) => button.decode(data) !== null).map(({ name }) => name)).toHaveLength(1)
})

test.each(['', '1', '1v', '1v|', '1v|stats|week', '1m|0|WEB-1|0', '2z', '0z', '1u|9|x', '1v|stats|week|!'])(
  '%j is no button',
  (data) => {
    expect(readButton(data)).toBeNull()
  },
)

test.each([
  [51, null],
  [52, null],
  [53, 'callback data over 64 bytes'],
])('callback data has 64 bytes at most: words of %i bytes', (length, problem) => {
  const search = buttons.find(({ name }) => name === 'screen search')
  const encode = () => search?.encode({ words: 'x'.repeat(length) })

  if (problem === null) expect(encode()).toHaveLength(length + 12)
  else expect(encode).toThrow(problem)
})
