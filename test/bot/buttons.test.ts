import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buttons, type PinnedButton, readButton } from '../support/buttons.ts'

interface PinnedFile {
  readonly current: readonly PinnedButton[]
  /** Buttons of earlier versions, which still work. */
  readonly earlier?: readonly PinnedButton[]
}

// Each feature's buttons are pinned in a separate file, which is deleted with the feature.
const folder = join(import.meta.dirname, 'buttons')
const pinned = await Promise.all(
  (await readdir(folder)).map(async (name): Promise<PinnedFile> => import(join(folder, name))),
)
const current = pinned.flatMap((file) => file.current)
const earlier = pinned.flatMap((file) => file.earlier ?? [])

test.each(current)('%s decodes to the button %s with %j', (data, name, payload) => {
  expect(readButton(data)).toEqual({ name, payload })

  expect(buttons.find((button) => button.name === name)?.encode(payload)).toBe(data)
})

test.each(earlier)('%s from an earlier version decodes to the button %s with %j', (data, name, payload) => {
  expect(readButton(data)).toEqual({ name, payload })
})

test('every button is pinned, and no two share a name or data', () => {
  const names = buttons.map(({ name }) => name)

  expect([...names].sort()).toEqual([...new Set(current.map(([, name]) => name))].sort())
  for (const [data] of [...current, ...earlier])
    expect(buttons.filter((button) => button.decode(data) !== null).map(({ name }) => name)).toHaveLength(1)
})

test.each(['', '1', '1v', '1v|', '1v|due|', '1m|0|WEB-1|0', '2z', '0z', '1u|9|x', '1v|due||0|!'])(
  '%j isn’t a button',
  (data) => {
    expect(readButton(data)).toBeNull()
  },
)

test.each([
  [51, null],
  [52, null],
  [53, 'callback data over 64 bytes'],
])('callback data has at most 64 bytes: words of %i bytes', (length, problem) => {
  const search = buttons.find(({ name }) => name === 'screen search')
  const encode = () => search?.encode({ words: 'x'.repeat(length) })

  if (problem === null) expect(encode()).toHaveLength(length + 12)
  else expect(encode).toThrow(problem)
})
