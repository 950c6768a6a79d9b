import { id, type PinnedButton, packed } from '../../support/buttons.ts'

export const current: readonly PinnedButton[] = [
  ['1v|settings|digest|0', 'screen settings', { part: 'digest', page: 0 }],
  ['1v|settings||0', 'screen settings', { part: '', page: 0 }],
  ['1w|mute|WEB|1', 'act mute', { projectKey: 'WEB', set: true }],
  ['1w|set|quietHours|22:00-07:00', 'act set', { name: 'quietHours', value: '22:00-07:00' }],
  ['1w|zone|settings|Europe/Berlin', 'act zone', { on: 'settings', timeZone: 'Europe/Berlin' }],
  [`1u|settings|${packed}|zone`, 'undo settings', { screen: 'settings', audit: id, about: 'zone' }],
]

export const earlier: readonly PinnedButton[] = [
  [`1w|undo-setting|zone|${id}`, 'undo settings', { about: 'zone', audit: id }],
]
