import { describe, expect, test } from 'vitest'
import type { VirtualUser } from '../../../src/playground/client/virtual-user.ts'
import { addTasks } from '../../support/chat.ts'
import type { Step } from '../model/format.ts'
import type { Decision } from '../model/model.ts'
import { claude } from '../programs/claude.ts'
import { codex } from '../programs/codex.ts'
import type { Program } from '../programs/program.ts'
import type { Terminal } from '../programs/terminal.ts'
import { useStage } from '../stage.ts'
import { isMethod } from '../wire.ts'

const stage = useStage()
const prompt = 'Take my next preqbot task.'
const within = 20_000
const list: Readonly<Record<string, Step>> = {
  [claude.name]: { tool: 'Bash', args: { command: 'ls', description: 'List the files' } },
  [codex.name]: { tool: 'exec_command', args: { cmd: 'ls' } },
}
const listFiles = (program: Program): Step => {
  const step = list[program.name]
  if (step === undefined) throw new Error(`${program.name} has no hooks`)
  return step
}

/** Opens a program's screen with its hooks, and gives it the prompt. */
async function begin(program: Program, steps: readonly (Step | Decision)[]): Promise<Terminal> {
  const { bot, model, wire, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  model.script(prompt, [{ tool: 'preq_claim_task' }, ...steps])
  const agent = await connect(program, { hooks: true })
  const tools = wire.next(isMethod('tools/list'))
  const terminal = agent.open()
  if (program === codex) {
    await terminal.shows('Hooks need review')
    terminal.press('2')
    await terminal.answer('Hooks need review', 'Enter')
    await terminal.shows('›')
  } else {
    await terminal.shows('❯')
    await (await tools).answered
  }
  await terminal.enter(prompt)
  return terminal
}

/** Replies to the task's card as soon as it shows that the agent works on it. */
async function reply(user: VirtualUser, text: string) {
  user.sendText('/task WEB-1')
  const card = await user.nextMessage(/is working on it/, { within })
  user.reply(card, text)
  await stage().bot.handled()
}

describe.each([claude, codex])('$name', (program) => {
  test('hears a reply with its next request', async () => {
    const { bot, model } = stage()
    const terminal = await begin(program, [
      async () => {
        await reply(bot.user, 'Use the left one.')
        return listFiles(program)
      },
      { text: 'That is all.' },
    ])

    await terminal.shows('That is all.')

    expect(model.requests[1]?.raw).not.toContain('Use the left one.')
    expect(model.requests[2]?.raw).toContain('Use the left one.')
    expect(model.requests).toHaveLength(3)
  })

  test('hears a reply when it stops, and goes on', async () => {
    const { bot, model } = stage()
    let isFirst = true
    const terminal = await begin(program, [
      async () => {
        if (!isFirst) return { text: 'That is all.' }
        isFirst = false
        await reply(bot.user, 'Test it too.')
        return { text: 'I stop here.' }
      },
    ])

    await terminal.shows('That is all.')

    expect(model.requests[2]?.raw).toContain('Test it too.')
  })

  test('ends its run when the owner stops it', async () => {
    const { bot, model } = stage()
    await begin(program, [
      async () => {
        bot.user.sendText('/task WEB-1')
        bot.user.tap('Stop', await bot.user.nextMessage(/is working on it/, { within }))
        await bot.user.nextEdit('is stopping…', { within })
        return listFiles(program)
      },
      { text: 'I was stopped.' },
    ])

    await bot.user.nextEdit('has stopped', { within: 30_000 })

    // Claude Code asks its model nothing more; the model of Codex learns that it may use no tool.
    const after = model.requests.slice(2).map(({ results }) => results.at(-1))
    const denied = expect.stringContaining('The owner stopped your run of WEB-1.')
    expect(after).toEqual(program === claude ? [] : [denied])
  })
})
