import { describe, expect, test } from 'vitest'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { stopEdit } from '../../../src/domain/tasks/edit/handoff.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, useBot } from '../../support/chat.ts'
import { workingSession } from '../../support/session.ts'

let ahead = 0
const bot = useBot({ now: () => new Date(Date.now() + ahead) })
const wait = { within: 20_000 }
const pass = (seconds: number) => {
  ahead += seconds * 1_000
}

const message = 'The owner stopped your run of WEB-1. Stop here and use no more tools.'
const ends = { continue: false, stopReason: message }
const tool = { tool_name: 'Bash', tool_input: { command: 'ls' } }
const denied = {
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision: 'deny',
    permissionDecisionReason: message,
  },
}
const refused = {
  hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny', message } },
}

/** Lets a session work on WEB-1, and stops it. */
async function stopped(program: 'claude' | 'codex' = 'claude') {
  const session = await workingSession(bot(), program)
  bot().user.tap('Stop', session.card)
  await bot().user.nextEdit('laptop is stopping…', wait)
  return session
}
/** Tries to claim WEB-1 with another token, once it is queued again. */
const claimAgain = async () => {
  const other = await connectAgent(bot(), { name: 'desktop' })
  return (await other.claim({ status: 'todo' })).status
}

describe('Stop', () => {
  test('ends Claude Code’s run with its next hook, and the card says so after 10 s without another', async () => {
    const session = await stopped()

    expect(await session.use()).toEqual(ends)

    pass(5)
    expect(await claimAgain()).toBe(204)
    pass(6)
    await bot().user.nextEdit('laptop has stopped', wait)
    expect(await claimAgain()).toBe(200)
  })

  test('has ended by the time an edit of the card that still says otherwise arrives', async () => {
    const session = await stopped()
    expect(await session.use()).toEqual(ends)
    pass(5)
    const unsubscribe = bot().world.subscribe(({ type }) => {
      if (type === 'edited') pass(6)
    })

    // The card loses its undo button.
    await bot().user.nextEdit('laptop is stopping…', wait)
    unsubscribe()

    await bot().user.nextEdit('laptop has stopped', wait)
  })

  test('is waited for while hooks still come', async () => {
    const session = await stopped()
    await session.use()
    pass(6)
    await session.use()
    pass(6)
    bot().user.sendText('/task WEB-1')

    const card = await bot().user.nextMessage('Fix the login', wait)

    expect(card.text).toContain('laptop is stopping…')
  })

  test.each([
    ['PreToolUse', tool, { ...ends, ...denied }],
    ['PostToolUse', { ...tool, tool_response: {} }, ends],
    ['PostToolUseFailure', tool, ends],
    ['PermissionRequest', tool, { ...ends, ...refused }],
    ['PermissionRequest', { ...tool, tool_name: 'mcp__preqbot__preq_get_task' }, { ...ends, ...refused }],
    ['Stop', {}, {}],
    ['Notification', {}, {}],
  ])('of Claude Code is the answer to %s', async (event, fields, answer) => {
    const session = await stopped()
    expect(await session.hook(event, fields)).toEqual(answer)
  })

  test('denies each tool of Codex until its next prompt', async () => {
    const session = await stopped('codex')

    expect(await session.use()).toEqual({})
    expect(await session.hook('PreToolUse', tool)).toEqual(denied)
    pass(11)
    expect(await session.hook('PermissionRequest', tool)).toEqual(refused)
    expect(await session.hook('PreToolUse', tool)).toEqual(denied)
    expect(await session.stop()).toEqual({})
    expect(await session.hook('UserPromptSubmit', { prompt: 'Go on' })).toEqual({})

    expect(await session.hook('PreToolUse', tool)).toEqual({})
  })

  test('does not end what Claude Code does with its next prompt, or after 10 s', async () => {
    const session = await stopped()
    expect(await session.use()).toEqual(ends)
    expect(await session.use()).toEqual(ends)
    pass(11)
    expect(await session.use()).toEqual({})
  })

  test('does not end what the session does with a prompt', async () => {
    const session = await stopped()
    await session.hook('UserPromptSubmit', { prompt: 'Something else' })

    expect(await session.use()).toEqual({})
    expect(await claimAgain()).toBe(200)
  })

  test('answers a request that waits for a permission', async () => {
    const session = await workingSession(bot())
    const waiting = session.hook('PermissionRequest', tool)
    await expect.poll(async () => (await requireTask(bot().scope, 'WEB-1')).question?.kind).toBe('permission')

    await editTask(bot().ctx, 'WEB-1', stopEdit())

    expect(await waiting).toEqual({ ...ends, ...refused })
  })

  test('of an agent that sends no hook for 60 s says that it can’t be reached', async () => {
    await stopped()
    pass(45)
    expect(await claimAgain()).toBe(204)
    pass(16)
    await bot().user.nextEdit('laptop can’t be reached. Stop it in its terminal.', wait)
    expect(await claimAgain()).toBe(200)
  })

  test('of an agent without hooks leaves the task to the next claim at once', async () => {
    await addTasks(bot(), [{ title: 'Fix the login', status: 'todo' }])
    await (await connectAgent(bot())).claim({ status: 'todo' })
    bot().user.sendText('/task WEB-1')
    bot().user.tap('Stop', await bot().user.nextMessage('Fix the login'))

    const card = await bot().user.nextEdit('Todo', wait)

    expect(card.text).not.toContain('stopping')
    expect(await claimAgain()).toBe(200)
  })
})
