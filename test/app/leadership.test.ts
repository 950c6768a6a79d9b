import { expect, test } from 'vitest'
import { startLeadership } from '../../src/app/leadership.ts'

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

test('a process that stops while it takes over finishes stopping before another can take over', async () => {
  const done: string[] = []
  let goOn = () => {}
  const leadership = startLeadership({
    lead: (onGained) => {
      onGained()
      return { holds: () => true, stop: async () => void done.push('lets go') }
    },
    begin: async () => {
      done.push('begins')
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      return async () => void done.push('ends')
    },
    log,
  })
  await expect.poll(() => done).toEqual(['begins'])

  const stopped = leadership.stop()
  setImmediate(goOn)
  await stopped

  expect(done).toEqual(['begins', 'ends', 'lets go'])
})
