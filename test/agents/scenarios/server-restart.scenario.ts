import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import type { Program } from '../programs/program.ts'
import { programs, useStage } from '../stage.ts'
import { isMethod } from '../wire.ts'

const stage = useStage()

/** Restarts the bot while a program's claim waits; a task is queued before its next claim. Returns what the model got. */
async function claimDuring(program: Program, restart: () => Promise<void>): Promise<readonly string[]> {
  const { bot, model, wire, connect } = stage()
  const claim = { tool: 'preq_claim_task', args: { wait: 50 } }
  const restarted = wire.next(isMethod('tools/call')).then(async () => {
    await restart()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  })
  model.script('Wait for a task.', [
    claim,
    // A real model also takes longer than a restart; at once, Gemini CLI takes repeated claims for a loop.
    async () => {
      await restarted
      return claim
    },
    { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The login works again.' } },
  ])
  const agent = await connect(program)
  expect(await agent.start('Wait for a task.').exit).toBe(0)
  await bot.user.nextMessage('The login works again.')
  return model.results()
}

describe.each(programs)('$name', (program) => {
  test('waits with a claim, and gets a task after the server restarts', async () => {
    const { bot } = stage()

    const results = await claimDuring(program, () => bot.restart())

    expect(results[0]).toContain('The wait was cut short.')
    expect(results[1]).toContain('Fix the login')
  })

  test('waits with a claim, and gets a task after the server is killed and started', async () => {
    const { bot, wire } = stage()

    const results = await claimDuring(program, () => {
      wire.cut()
      return bot.restart()
    })

    expect(results[0]).toMatch(/ECONNRESET|failed/)
    expect(results[1]).toContain('Fix the login')
  })
})
