import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()
const block = {
  tool: 'preq_block_task',
  args: { taskId: 'WEB-1', reason: 'Keep the old page?', options: ['Keep it', 'Remove it'] },
}

describe.each(programs)('$name', (program) => {
  test('asks, stops, and gets the tapped answer with its next claim', async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script('Take my next preqbot task.', [{ tool: 'preq_claim_task' }, block])
    model.script('Go on.', [{ tool: 'preq_claim_task' }])
    const agent = await connect(program)
    expect(await agent.start('Take my next preqbot task.').exit).toBe(0)
    const question = await bot.user.nextMessage('Keep the old page?')

    bot.user.tap('Remove it', question)
    await bot.handled()
    expect(await agent.start('Go on.').exit).toBe(0)

    expect(model.results()).toEqual([expect.stringContaining('WEB-1')])
    expect(model.results()[0]).toContain('Remove it')
  })

  test('asks, stops, and gets the typed answer with its next claim', async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script('Take my next preqbot task.', [{ tool: 'preq_claim_task' }, block])
    model.script('Go on.', [{ tool: 'preq_claim_task' }])
    const agent = await connect(program)
    expect(await agent.start('Take my next preqbot task.').exit).toBe(0)
    const question = await bot.user.nextMessage('Keep the old page?')

    bot.user.reply(question, 'Keep it until May')
    await bot.handled()
    expect(await agent.start('Go on.').exit).toBe(0)

    expect(model.results()).toEqual([expect.stringContaining('Keep it until May')])
  })
})
