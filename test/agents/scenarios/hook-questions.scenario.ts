import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { labelsOf } from '../../../src/playground/client/virtual-user.ts'
import { addTasks } from '../../support/chat.ts'
import type { Step } from '../model/format.ts'
import type { ModelRequest } from '../model/model.ts'
import { claude } from '../programs/claude.ts'
import type { Terminal } from '../programs/terminal.ts'
import { useStage } from '../stage.ts'
import { isMethod } from '../wire.ts'

const stage = useStage()
const prompt = 'Take my next preqbot task.'
const touch: Step = { tool: 'Bash', args: { command: 'touch made.txt', description: 'Make the file' } }
const options = [
  { label: 'Red', description: 'As now' },
  { label: 'Blue', description: 'As on the poster' },
]
const choose: Step = {
  tool: 'AskUserQuestion',
  args: { questions: [{ question: 'Which color?', header: 'Color', options, multiSelect: false }] },
}
const plan: Step = { tool: 'ExitPlanMode' }

// The tool that shows a plan is loaded on demand, and takes the plan from a file.
const load: Step = { tool: 'ToolSearch', args: { query: 'select:ExitPlanMode' } }
function writePlan({ raw }: ModelRequest): Step {
  const file_path = /create your plan at (\S+\.md)/.exec(raw)?.[1]
  return { tool: 'Write', args: { file_path, content: '# Plan\n\n1. Fix the form.\n2. Test it.' } }
}

/** Opens Claude Code's screen, in plan mode for a plan, and lets it claim a task and do one thing. */
async function openAt(step: Step) {
  const { bot, model, wire, connect } = stage()
  await addTasks(bot, [{ title: 'Fix the login', status: 'todo', queued: true }])
  const steps = step === plan ? [load, writePlan, step] : [step]
  model.script(prompt, [{ tool: 'preq_claim_task' }, ...steps, { text: 'That is all.' }])
  const agent = await connect(claude, { hooks: true })
  const tools = wire.next(isMethod('tools/list'))
  const terminal = agent.open()
  await terminal.shows('❯')
  await (await tools).answered
  if (step === plan) await press(terminal, 'BTab', 'plan mode on')
  await terminal.enter(prompt)
  return { bot, model, agent, terminal, file: join(agent.repository, 'made.txt') }
}

/** Presses a key until the screen shows a text. */
async function press(terminal: Terminal, key: string, text: string): Promise<void> {
  while (!terminal.screen().includes(text)) {
    terminal.press(key)
    await pause(500)
  }
}

test('asks for a permission, and a tap allows it', async () => {
  const { bot, terminal, file } = await openAt(touch)
  const card = await bot.user.nextMessage('touch made.txt')

  bot.user.tap(/^Allow$/, card)

  await terminal.shows('That is all.')
  expect(existsSync(file)).toBe(true)
})

test('asks for a permission, and words that deny it reach the model', async () => {
  const { bot, model, terminal, file } = await openAt(touch)
  const card = await bot.user.nextMessage('touch made.txt')

  bot.user.tap('Deny and say why', card)
  const asked = await bot.user.nextMessage(/why|instead/i)
  bot.user.reply(asked, 'Write it with an editor.')

  await terminal.shows('That is all.')
  expect(model.results()[1]).toContain('Write it with an editor.')
  expect(existsSync(file)).toBe(false)
})

test('asks for a permission that nobody answers, and then its terminal asks', async () => {
  await changeSettings(stage().bot.ctx, { holdClaude: 5 })
  const { bot, terminal, file } = await openAt(touch)
  await bot.user.nextMessage('touch made.txt')

  await bot.user.nextEdit('No longer waiting here', { within: 20_000 })
  await terminal.answer('Do you want to proceed?', 'Enter')

  await terminal.shows('That is all.')
  expect(existsSync(file)).toBe(true)
  await changeSettings(bot.ctx, { holdClaude: null })
})

test('asks for a permission that is given on its screen first, and the chat says so', async () => {
  const { bot, terminal } = await openAt(touch)
  const card = await bot.user.nextMessage('touch made.txt')

  await terminal.answer('Do you want to proceed?', 'Enter')

  await terminal.shows('That is all.')
  await bot.user.nextPost('Answered in the terminal')
  const shown = bot.user.current(card)
  expect(shown === undefined ? [] : labelsOf(shown).flat()).not.toContain('Allow')
})

test('asks its own question, and a tap answers it', async () => {
  const { bot, model, terminal } = await openAt(choose)
  const card = await bot.user.nextMessage('Which color?')

  bot.user.tap('Blue', card)

  await terminal.shows('That is all.')
  expect(terminal.screen()).toContain('Blue')
  expect(model.results()[1]).toContain('Blue')
})

test('shows its plan, and a tap approves it', async () => {
  const { bot, model, terminal } = await openAt(plan)
  const card = await bot.user.nextMessage('Claude Code has a plan')

  bot.user.tap(/^Approve$/, card)

  await terminal.shows('That is all.')
  expect(model.results()[3]).toMatch(/approved/i)
})

test('shows its plan, and the words that change it reach the model', async () => {
  const { bot, model, terminal } = await openAt(plan)
  const card = await bot.user.nextMessage('Claude Code has a plan')

  bot.user.reply(card, 'Test it first.')

  await terminal.shows('That is all.')
  expect(model.results()[3]).toContain('Test it first.')
})
