import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../../src/domain/core/actor.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { agent, otherAgent } from '../support/board.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'
import { addTask } from '../support/tasks.ts'

let notifier: NotifierHarness
beforeEach(async () => {
  notifier = await openNotifier()
})
afterEach(() => notifier.close())

// BLOCKS=900 runs it at full length.
const blocks = Number(process.env.BLOCKS ?? 60)
const firstLines = () => notifier.sentTexts().map((text) => text.split('\n')[0])
const block = (actor: Actor, key: string, blockedReason: string) =>
  editTask(notifier.board.as(actor), key, { lifecycle: 'block', result: { blockedReason } })

/** Blocks tasks one after another; delivery continues after every `every` blocks. */
async function flood(every: number, reason = 'Why?') {
  for (let count = 0; count < blocks; count += 1) {
    const task = await addTask(notifier.board, notifier.project, { title: `Task ${count}` })
    await block(agent, task.key, reason)
    if (count % every === every - 1) await notifier.step()
  }
}

test.each([
  ['another token', otherAgent],
  ['another token of the same name', { ...otherAgent, name: 'laptop' } as Actor],
])(
  `${blocks} blocks by one token at once don’t delay a question by %s`,
  async (_who, other) => {
    await flood(blocks + 1)
    const { key } = await addTask(notifier.board, notifier.project, { title: 'Other' })
    await block(other, key, 'Left or right?')
    const asked = notifier.board.clock.now().getTime()

    await notifier.run()

    expect(firstLines()).toEqual([`🙋 ${blocks} tasks from laptop need you`, `⛔ ${key}: Left or right?`])
    expect(notifier.board.clock.now().getTime() - asked).toBeLessThanOrEqual(3_000)
  },
  30_000 + blocks * 200,
)

test(
  `while one token keeps blocking ${blocks} tasks, at most one of its messages precedes another’s question`,
  async () => {
    notifier.telegram.world.limits.enabled = true
    await flood(3)
    const { key } = await addTask(notifier.board, notifier.project, { title: 'Other' })
    await block(otherAgent, key, 'Left or right?')
    const before = notifier.sentTexts().length
    const asked = notifier.board.clock.now().getTime()

    await flood(1_000)
    while (!firstLines().some((line) => line?.includes('Left or right?'))) await notifier.run(0.1)

    expect(firstLines().indexOf(`⛔ ${key}: Left or right?`) - before).toBeLessThanOrEqual(1)
    expect(notifier.board.clock.now().getTime() - asked).toBeLessThanOrEqual(3_000)
  },
  30_000 + blocks * 400,
)

test(
  'files with long reasons neither delay a question by another token nor follow their list',
  async () => {
    await flood(blocks + 1, `First line\n\n${'word '.repeat(1_500)}`)
    const { key } = await addTask(notifier.board, notifier.project, { title: 'Other' })
    await block(otherAgent, key, 'Left or right?')

    await notifier.run()

    expect(
      notifier.user.messages().filter(({ document }) => document !== undefined).length,
    ).toBeLessThanOrEqual(5)
    expect(firstLines().findIndex((line) => line?.includes('Left or right?'))).toBeLessThanOrEqual(1)
  },
  30_000 + blocks * 400,
)
