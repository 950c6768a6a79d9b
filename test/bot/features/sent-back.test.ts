import { describe, expect, test } from 'vitest'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { sendBackEdit } from '../../../src/domain/tasks/edit/handoff.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent } from '../../support/agent.ts'
import { useBot } from '../../support/chat.ts'
import { openSession, workingSession } from '../../support/session.ts'

const bot = useBot()
const wait = { within: 20_000 }
const words = 'The owner wrote about WEB-1, which you are working on:\nTest it too'
const context = { hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: words } }
const block = { decision: 'block', reason: words }
const task = () => requireTask(bot().scope, 'WEB-1')

/** Lets a session complete WEB-1 and go on with its turn. */
async function completed() {
  const session = await workingSession(bot())
  await session.agent.act('WEB-1', 'complete', { summary: 'Done.' })
  return session
}
const sendBack = () => editTask(bot().ctx, 'WEB-1', sendBackEdit('Test it too'))

describe('a task that is sent back', () => {
  test.each([
    ['its next used tool', 'use', context],
    ['its stop', 'stop', block],
  ] as const)('goes to the session that is still at work, with %s', async (_, event, answer) => {
    const session = await completed()
    await sendBack()

    expect(await session[event]()).toEqual(answer)

    expect(await task()).toMatchObject({
      status: 'todo',
      runState: 'running',
      lastRun: { session: session.id, outcome: null, attempt: 2 },
    })
    await bot().user.nextPost(/laptop is working on it[\s\S]*laptop heard it at/, wait)
    expect(await session.use()).toEqual({})
  })

  test('stays queued if the session has stopped before', async () => {
    const session = await completed()
    expect(await session.stop()).toEqual({})
    await sendBack()

    expect(await session.use()).toEqual({})
    expect(await session.stop()).toEqual({})

    expect(await task()).toMatchObject({ status: 'todo', runState: 'queued' })
  })

  test('stays with the agent that has claimed it in the meantime', async () => {
    const session = await completed()
    await sendBack()
    const other = await connectAgent(bot(), { name: 'desktop' })
    expect((await other.claim()).status).toBe(200)

    expect(await session.use()).toEqual({})

    expect((await task()).lastRun?.name).toBe('desktop')
  })

  test('does not go to another session, a subagent or a failed tool', async () => {
    const session = await completed()
    const other = await openSession(bot(), { agent: session.agent })
    await sendBack()

    expect(await other.use()).toEqual({})
    expect(await session.use('Read', { agent_id: 'a' })).toEqual({})
    expect(await session.hook('PostToolUseFailure', { tool_name: 'Read', tool_input: {} })).toEqual({})

    expect(await task()).toMatchObject({ runState: 'queued' })
  })

  test('that was only queued for a review stays queued', async () => {
    const session = await completed()
    await editTask(bot().ctx, 'WEB-1', { runState: 'queued' })

    expect(await session.use()).toEqual({})

    expect(await task()).toMatchObject({ status: 'ready', runState: 'queued' })
  })
})
