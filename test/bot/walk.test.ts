import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyStep, openWalker } from '../support/walk.ts'

// WALK_SEED repeats a walk, WALK_STEPS makes it longer, WALK_RUNS runs several.
const runs = Number(process.env.WALK_RUNS ?? 1)
const length = Number(process.env.WALK_STEPS ?? 100)

test(
  `a random walk of ${length} steps by the owner, agents, strangers and time is answered at every step, never refused, and leaves each task one message with buttons`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: length, maxLength: length }), async (steps) => {
        const { bot, take, refused, doubled, close } = await openWalker()
        for (const [index, step] of steps.entries()) {
          await take(step)
          const after = `after ${JSON.stringify(step).slice(0, 200)}\n${bot.lines.slice(-6).join('')}`
          expect(bot.world.violations, after).toEqual([])
          expect(bot.world.taps.size, `unanswered ${after}`).toBe(0)
          expect(refused(), after).toEqual([])
          expect(
            bot.lines.filter((line) => line.includes('an update failed')),
            after,
          ).toEqual([])
          // Earlier cards are removed within the chat's limits.
          if (index % 50 === 49 || index === steps.length - 1)
            await expect.poll(doubled, { timeout: 120_000, message: after }).toEqual([])
        }
        await close()
      }),
      {
        numRuns: runs,
        endOnFailure: true,
        ...(process.env.WALK_SEED ? { seed: Number(process.env.WALK_SEED) } : {}),
      },
    )
  },
  runs * 900_000,
)
