import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addTasks } from '../../support/chat.ts'
import { codex } from '../programs/codex.ts'
import { useStage } from '../stage.ts'

const stage = useStage()
const prompt = 'Take my next preqbot task.'
const touch = {
  tool: 'exec_command',
  args: {
    cmd: 'touch made.txt',
    sandbox_permissions: 'require_escalated',
    justification: 'Make the file',
  },
}

async function openAndAsk() {
  const { bot, model, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  model.script(prompt, [{ tool: 'preq_claim_task' }, touch, { text: 'That is all.' }])
  const agent = await connect(codex, { hooks: true })
  const terminal = agent.open()
  await terminal.shows('Hooks need review')
  terminal.press('2')
  await terminal.answer('Hooks need review', 'Enter')
  await terminal.shows('›')
  await terminal.enter(prompt)
  const card = await bot.user.nextMessage('touch made.txt')
  return { bot, model, terminal, card, file: join(agent.repository, 'made.txt') }
}

test('asks for a permission, and a tap allows it', async () => {
  const { bot, terminal, card, file } = await openAndAsk()

  bot.user.tap(/^Allow$/, card)

  await terminal.shows('That is all.')
  expect(existsSync(file)).toBe(true)
})

test('asks for a permission, and words that deny it reach the model', async () => {
  const { bot, model, terminal, card, file } = await openAndAsk()

  bot.user.tap('Deny and say why', card)
  const asked = await bot.user.nextMessage(/why|instead/i)
  bot.user.reply(asked, 'Write it with an editor.')

  await terminal.shows('That is all.')
  expect(model.results()[1]).toContain('Write it with an editor.')
  expect(existsSync(file)).toBe(false)
})
