import { expect, test } from 'vitest'
import { createThrottle, isThrottled } from '../../src/telegram/throttle.ts'

test.each([
  'answerCallbackQuery',
  'answerInlineQuery',
  'getMe',
  'getUpdates',
  'sendChatAction',
  'setMyCommands',
  'deleteWebhook',
])('%s never counts toward the chat’s limits', (method) => {
  expect(isThrottled(method)).toBe(false)
})

test.each([
  'sendMessage',
  'sendDocument',
  'editMessageText',
  'editMessageMedia',
  'deleteMessage',
  'pinChatMessage',
])('%s counts', (method) => {
  expect(isThrottled(method)).toBe(true)
})

test('sends answers at once and delays other messages until the debt is paid', () => {
  let at = 0
  const throttle = createThrottle({ now: () => at })
  for (let call = 0; call < 4; call += 1) throttle.count(1)
  expect(throttle.delay(1)).toBe(1_050)
  throttle.count(1)
  expect(throttle.delay(1)).toBe(2_100)
  at += 2_100
  expect(throttle.delay(1)).toBe(0)
})

test('allows at most twenty messages a minute into a group, not counting messages to a person', () => {
  let at = 0
  const throttle = createThrottle({ now: () => at })
  for (let call = 0; call < 5; call += 1) throttle.count(1)
  at += 10_000
  expect(throttle.delay(-100)).toBe(0)
  const sent: number[] = []
  for (; at < 300_000; at += 100) {
    if (throttle.delay(-100) > 0) continue
    throttle.count(-100)
    sent.push(at)
  }
  const inMinute = sent.map((from) => sent.filter((to) => to >= from && to < from + 60_000).length)
  expect(Math.max(...inMinute)).toBeLessThanOrEqual(20)
  expect(sent.length).toBeGreaterThan(70)
})
