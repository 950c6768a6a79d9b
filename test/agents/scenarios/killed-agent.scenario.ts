import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import type { Program } from '../programs/program.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()
const complete = {
  tool: 'preq_complete_task',
  args: { taskId: 'WEB-1', summary: 'The login works again.' },
}

/** Kills a program once it has claimed WEB-1 and waits for the model. */
async function killAtWork(program: Program) {
  const { bot, model, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  const agent = await connect(program)
  const isAtWork = new Promise<void>((resolve) => {
    model.script('Take my next preqbot task.', [
      { tool: 'preq_claim_task' },
      () => {
        resolve()
        return new Promise(() => {})
      },
    ])
  })
  const started = agent.start('Take my next preqbot task.')
  await isAtWork
  await started.kill()
  return agent
}

describe.each(programs)('$name', (program) => {
  test('is killed in the middle of a task, and another agent gets it after Stop and Queue', async () => {
    const { bot, model, connect } = stage()
    await killAtWork(program)
    model.script('Take over.', [{ tool: 'preq_claim_task' }, complete])
    const other = await connect(programs[(programs.indexOf(program) + 1) % programs.length] as Program)

    bot.user.sendText('WEB-1')
    bot.user.tap('Stop', await bot.user.nextMessage('is working on it'))
    bot.user.tap('Queue', await bot.user.nextEdit('Todo'))
    await bot.handled()
    expect(await other.start('Take over.').exit).toBe(0)

    expect(model.results()[0]).toContain('Fix the login')
    await bot.user.nextMessage('The login works again.')
  })

  test('is killed in the middle of a task, and its next session resumes it by key', async () => {
    const { bot, model } = stage()
    const agent = await killAtWork(program)
    model.script('Go on.', [
      { tool: 'preq_claim_task' },
      { tool: 'preq_claim_task', args: { resume: 'WEB-1' } },
      complete,
    ])

    expect(await agent.start('Go on.').exit).toBe(0)

    expect(model.results()[0]).toContain('WEB-1')
    await bot.user.nextMessage('The login works again.')
  })
})
