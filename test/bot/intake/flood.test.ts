import { expect, test } from 'vitest'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, useBot } from '../../support/chat.ts'

const bot = useBot()

// BLOCKS=900 runs it at full length and measures it.
const blocks = Number(process.env.BLOCKS ?? 30)
const isMeasured = process.env.BLOCKS !== undefined

test(
  `one token’s question reaches the owner while another blocks ${blocks} tasks over HTTP`,
  async () => {
    const { world, user } = bot()
    const alpha = await connectAgent(bot(), { name: 'alpha' })
    const beta = await connectAgent(bot(), { name: 'beta' })
    const tasks = await addTasks(
      bot(),
      Array.from({ length: blocks + 1 }, (_, nth) => ({ title: `Task ${nth}`, status: 'todo' as const })),
    )
    const last = tasks.at(-1)?.key ?? ''
    world.limits.enabled = true
    try {
      for (const { key } of tasks.slice(0, blocks)) await alpha.act(key, 'block', { blocked_reason: 'Why?' })
      const asked = performance.now()
      await beta.act(last, 'block', { blocked_reason: 'Left or right?' })
      await user.nextMessage(`${last}: Left or right?`, { within: 60_000 })
      const ms = Math.round(performance.now() - asked)

      if (isMeasured) process.stdout.write(`A question behind ${blocks} blocks of another token: ${ms} ms\n`)
      expect(ms).toBeLessThanOrEqual(isMeasured ? 3_000 : 60_000)
    } finally {
      world.limits.enabled = false
    }
  },
  60_000 + blocks * 500,
)
