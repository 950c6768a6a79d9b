import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import type { Program } from '../programs/program.ts'
import { programs, useStage } from '../stage.ts'

const stage = useStage()

/** Asks the chat for a program's token; returns the message with it. */
async function askForToken({ name }: Program): Promise<Message> {
  const { bot } = stage()
  bot.user.sendText('/agents')
  bot.user.tap('Connect an agent', await bot.user.nextMessage('Agents'))
  bot.user.tap(name, await bot.user.nextEdit('Which agent is this for?'))
  bot.user.tap('30 days', await bot.user.nextEdit('expire?'))
  return bot.user.nextMessage(`${name}'s token`)
}

/** Returns the parts of a message that are set in an entity's type. */
function partsOf({ text = '', entities = [] }: Message, type: string): string[] {
  return entities
    .filter((entity) => entity.type === type)
    .map(({ offset, length }) => text.slice(offset, offset + length))
}

describe.each(programs)('$name', (program) => {
  test('connects by the lines in the chat, and starts with the words in the chat', async () => {
    const { bot, model, connect } = stage()
    await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
    const agent = await connect(program, { token: null })
    const message = await askForToken(program)
    // Claude Code's first lines open it for one session; the last ones install it for good.
    const lines = partsOf(message, 'pre').at(-1) ?? ''
    const words = partsOf(message, 'code').at(-1) ?? ''
    model.script(words, [
      { tool: 'preq_claim_task' },
      { tool: 'preq_complete_task', args: { taskId: 'WEB-1', summary: 'The login works again.' } },
    ])

    const started = agent.start(words, lines)

    expect(await started.exit).toBe(0)
    await bot.user.nextMessage('The login works again.')
    await expect.poll(() => bot.user.current(message)?.text).toContain(`${program.name} is connected`)
  })
})
