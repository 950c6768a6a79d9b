import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()

describe.each(programs)('$name', (program) => {
  test('claims a task and completes it', async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    model.script('Take my next preqbot task.', [
      { tool: 'preq_claim_task' },
      { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The login works again.' } },
    ])
    const agent = await connect(program)

    const started = agent.start('Take my next preqbot task.')

    expect(await started.exit).toBe(0)
    expect(model.results()).toEqual([
      expect.stringContaining('Fix the login'),
      expect.stringContaining('"ready"'),
    ])
    expect((await bot.user.nextMessage('The login works again.')).text).toContain('WEB-1')
    expect(started.output()).toContain('All done.')
  })
})
