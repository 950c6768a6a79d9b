import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import type { Call } from '../model/format.ts'
import { programs, useStage } from '../stage.ts'
import { isMethod } from '../wire.ts'

const stage = useStage()
const ask = {
  tool: 'preq_ask_owner',
  args: { taskId: 'WEB-1', question: 'Keep the old page?', options: ['Keep it', 'Remove it'], wait: 50 },
}
const complete = { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The page is done.' } }

function getAnswer(result: string | undefined): Call {
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(result ?? '')?.[0]
  return { tool: 'preq_get_answer', args: { id, wait: 50 } }
}

describe.each(programs)('$name', (program) => {
  test('asks, waits, and goes on with the answer that is tapped after 5 s', async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script('Take my next preqbot task.', [{ tool: 'preq_claim_task' }, ask, complete])
    const agent = await connect(program)
    const work = agent.start('Take my next preqbot task.')
    const question = await bot.user.nextMessage('Keep the old page?')
    await pause(5_000)

    bot.user.tap('Remove it', question)

    expect(await work.exit).toBe(0)
    expect(model.results()[1]).toContain('Remove it')
    expect((await bot.user.nextMessage('The page is done.')).text).toContain('WEB-1')
  })

  test('asks, and gets the answer that is tapped after 70 s by its ID', { timeout: 240_000 }, async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script('Take my next preqbot task.', [
      { tool: 'preq_claim_task' },
      ask,
      ({ results }) => getAnswer(results[1]),
      complete,
    ])
    const agent = await connect(program)
    const work = agent.start('Take my next preqbot task.')
    const question = await bot.user.nextMessage('Keep the old page?')
    await pause(70_000)

    bot.user.tap('Keep it', question)

    expect(await work.exit).toBe(0)
    expect(model.results()[1]).toContain('preq_get_answer')
    expect(model.results()[2]).toContain('Keep it')
    await bot.user.nextMessage('The page is done.')
  })

  test('asks, and gets its answer with the same key after the server restarts', async () => {
    const { bot, model, wire, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    const keyed = { ...ask, args: { ...ask.args, key: 'keep-the-page' } }
    const asked = wire.next(
      (call) => isMethod('tools/call')(call) && JSON.stringify(call.body).includes('preq_ask_owner'),
    )
    const restarted = asked.then(async () => {
      await bot.user.nextMessage('Keep the old page?')
      await bot.restart()
    })
    model.script('Take my next preqbot task.', [
      { tool: 'preq_claim_task' },
      keyed,
      async () => {
        await restarted
        return keyed
      },
    ])
    const agent = await connect(program)
    const work = agent.start('Take my next preqbot task.')
    await restarted

    bot.user.tap('Remove it')

    expect(await work.exit).toBe(0)
    expect(model.results()[2]).toContain('Remove it')
  })
})
