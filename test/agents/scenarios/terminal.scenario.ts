import { expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import { claude } from '../programs/claude.ts'
import { useStage } from '../stage.ts'
import { isMethod } from '../wire.ts'

const stage = useStage()

test('claims a task and completes it on its screen', async () => {
  const { bot, model, wire, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  model.script('Take my next preqbot task.', [
    { tool: 'preq_claim_task' },
    { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The login works again.' } },
    { text: 'WEB-1 is ready.' },
  ])
  const agent = await connect(claude)
  const tools = wire.next(isMethod('tools/list'))
  const terminal = agent.open()
  await terminal.shows('❯')
  await (await tools).answered

  await terminal.enter('Take my next preqbot task.')

  await terminal.shows('WEB-1 is ready.')
  expect((await bot.user.nextMessage('The login works again.')).text).toContain('WEB-1')
})
