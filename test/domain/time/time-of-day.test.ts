import { describe, expect, test } from 'vitest'
import { toTimeOfDay, toTimeWindow } from '../../../src/domain/time/time-of-day.ts'

describe('a time of day', () => {
  test.each([
    ['08:30', '08:30'],
    ['8:30', '08:30'],
    ['8.30', '08:30'],
    ['20h15', '20:15'],
    ['8', '08:00'],
    ['8pm', '20:00'],
    ['12 am', '00:00'],
    ['12:30 pm', '12:30'],
    ['9 Uhr', '09:00'],
    [' 23:59 ', '23:59'],
    ['00:00', '00:00'],
    ['0800', '08:00'],
    ['1730', '17:30'],
    ['noon', '12:00'],
    ['Midnight', '00:00'],
    ['8 p.m.', '20:00'],
    ['17h', '17:00'],
  ])('%j is %s', (text, time) => {
    expect(toTimeOfDay(text)).toBe(time)
  })

  test.each([
    '',
    '24:00',
    '8:60',
    '13pm',
    '0am',
    'noonish',
    '8:3',
    '-1',
    '8:30:00',
    '2460',
    '800',
    'noon pm',
  ])('%j isn’t a time', (text) => {
    expect(toTimeOfDay(text)).toBeNull()
  })
})

describe('quiet hours', () => {
  test.each([
    ['22:00-07:00', '22:00-07:00'],
    ['22 – 7', '22:00-07:00'],
    ['10pm to 6am', '22:00-06:00'],
    ['22:00—07:00', '22:00-07:00'],
    ['2200-0700', '22:00-07:00'],
    ['from 22:00 to 07:00', '22:00-07:00'],
    ['From 10pm until noon', '22:00-12:00'],
    ['between 22 and 7', '22:00-07:00'],
    ['von 22 bis 7 Uhr', '22:00-07:00'],
    ['none', null],
    ['-', null],
    ['Off', null],
    ['22:00', undefined],
    ['22:00-22:00', undefined],
    ['22-7-8', undefined],
    ['at night', undefined],
    ['from 22:00', undefined],
    [`22${' '.repeat(4_000)}-7`, undefined],
  ])('%j are %s', (text, window) => {
    expect(toTimeWindow(text)).toBe(window)
  })
})
