import { describe, expect, test } from 'vitest'
import { toTimeOfDay, toTimeWindow } from '../../src/domain/time-of-day.ts'

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
  ])('%j is %s', (text, time) => {
    expect(toTimeOfDay(text)).toBe(time)
  })

  test.each(['', '24:00', '8:60', '13pm', '0am', 'noonish', '8:3', '-1', '8:30:00'])('%j is none', (text) => {
    expect(toTimeOfDay(text)).toBeNull()
  })
})

describe('quiet hours', () => {
  test.each([
    ['22:00-07:00', '22:00-07:00'],
    ['22 – 7', '22:00-07:00'],
    ['10pm to 6am', '22:00-06:00'],
    ['none', null],
    ['-', null],
    ['Off', null],
    ['22:00', undefined],
    ['22:00-22:00', undefined],
    ['22-7-8', undefined],
    ['at night', undefined],
  ])('%j are %s', (text, window) => {
    expect(toTimeWindow(text)).toBe(window)
  })
})
