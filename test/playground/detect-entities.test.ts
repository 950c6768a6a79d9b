import { expect, test } from 'vitest'
import { withDetectedEntities } from '../../src/playground/text/detect-entities.ts'

test.each([
  ['/start abc', ['bot_command /start']],
  ['/new@preqbot_playground x', ['bot_command /new@preqbot_playground']],
  ['a/b and//c and </d>', []],
  ['see https://a.example/b?c=1#d.', ['url https://a.example/b?c=1#d']],
  ['(github.com/a/b)', ['url github.com/a/b']],
  ['README.md and main.ts', ['url README.md']],
  ['write to me@a.dev now', ['email me@a.dev']],
  ['@codex do #backend but #123 stays', ['mention @codex', 'hashtag #backend']],
  ['a@bcde $USD $usd', ['cashtag $USD']],
  ['https://a.example/@name/#tag', ['url https://a.example/@name/#tag']],
  ['http://localhost:3000/x', ['url http://localhost:3000/x']],
])('finds in "%s" what Telegram finds', (text, found) => {
  const entities = withDetectedEntities(text, [])

  expect(
    entities.map(({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`),
  ).toEqual(found)
})

test('finds nothing inside code', () => {
  const entities = withDetectedEntities('/a #b c', [{ type: 'code', offset: 0, length: 5 }])

  expect(entities).toEqual([{ type: 'code', offset: 0, length: 5 }])
})
