import type { Message } from 'grammy/types'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCtx } from '../../../src/domain/core/context.ts'
import { createLabel } from '../../../src/domain/labels/label-edits.ts'
import { type Ask, askOwner } from '../../../src/domain/tasks/questions/ask.ts'
import type { PromptKind } from '../../../src/telegram/store/messages/reply-topic.ts'
import { promptTap, settingsScreen } from '../../../src/view/kit/links.ts'
import { askTap, taskPrompts, wordsTap } from '../../../src/view/tasks/callbacks.ts'
import { addTokens, agent } from '../../support/board.ts'
import { openTestBot, type TestBot } from '../../support/bot.ts'
import { commands } from '../../support/buttons.ts'
import { addTasks } from '../../support/chat.ts'
import { boardState } from '../../support/saved-database.ts'

interface Answers {
  /** An invalid answer; null if any text is valid. */
  readonly bad: string | null
  readonly good: string
}

const cases: Readonly<Record<PromptKind, Answers>> = {
  answer: { bad: null, good: 'The left one.' },
  deny: { bad: null, good: 'Use pnpm.' },
  change: { bad: null, good: 'Smaller steps.' },
  title: { bad: 'x'.repeat(181), good: 'A better title' },
  note: { bad: null, good: 'A longer note' },
  criteria: { bad: 'x'.repeat(201), good: 'It works\nIt is quick' },
  due: { bad: 'when I am rich', good: 'tomorrow 9am' },
  label: { bad: 'x'.repeat(41), good: 'mobile' },
  branch: { bad: '-rf', good: 'task/one' },
  'send-back': { bad: null, good: 'The tests are missing.' },
  'token-name': { bad: null, good: 'server' },
  'time-zone': { bad: 'nowhere', good: 'Tokyo' },
  'digest-time': { bad: '25:00', good: '7:45' },
  'quiet-hours': { bad: '22:00-22:00', good: '23:00-06:30' },
  'project-name': { bad: 'x'.repeat(121), good: 'The website' },
  'project-repo': { bad: 'no repository at all', good: 'ada/site' },
  'project-instructions': { bad: null, good: 'Be kind.' },
  'project-description': { bad: null, good: 'What we sell with' },
  'project-url': { bad: 'no address', good: 'https://example.com' },
  'project-picture': { bad: 'no picture', good: 'https://example.com/a.png' },
  'project-branch': { bad: 'a..b', good: 'develop' },
  'new-label': { bad: 'taken', good: 'fresh' },
  'label-name': { bad: 'taken', good: 'renamed' },
  'stale-after': { bad: 'soon', good: '45' },
  'queued-after': { bad: '0', good: '90 min' },
  'runner-chat': { bad: 'no chat!', good: '-100123' },
  'runner-bot': { bad: '!!', good: '@hermes_bot' },
  search: { bad: null, good: 'Ready' },
  'new-task': { bad: null, good: 'Something new !high' },
}
const kinds = Object.keys(cases) as PromptKind[]

// They end prompts or questions.
const closing = ['cancel', 'lock']

let bot: TestBot
let asked: Map<PromptKind, Message>

beforeAll(async () => {
  bot = await openTestBot()
  await addTasks(bot, [
    { title: 'Ready one', status: 'ready' },
    ...['answer', 'deny', 'change'].map((title) => ({ title, status: 'todo' as const })),
  ])
  await addTokens(bot.db, bot.scope.ownerId, [agent])
  await createLabel(bot.ctx, { name: 'taken' })
  const { label } = await createLabel(bot.ctx, { name: 'old' })
  // The change that /undo undoes.
  await createLabel(bot.ctx, { name: 'spare' })
  asked = new Map()
  for (const kind of kinds) asked.set(kind, await askFor(kind, label.id))
  // Anything may happen between a prompt and its answer: a restart, every command except /cancel.
  await bot.restart()
  for (const { command } of commands.filter((one) => !closing.includes(one.command))) {
    bot.user.sendText(`/${command.toUpperCase()}`)
    await bot.handled()
  }
}, 180_000)

afterAll(async () => {
  expect(bot.world.violations).toEqual([])
  expect(bot.lines.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  await bot.close()
})

const questionsAbout: Record<'answer' | 'deny' | 'change', Ask> = {
  answer: { task: 'WEB-2', kind: 'ask', items: [{ text: 'Left or right?' }] },
  deny: { task: 'WEB-3', kind: 'permission', items: [{ text: 'Run it?' }] },
  change: { task: 'WEB-4', kind: 'plan', items: [{ text: 'Approve it?' }], detail: '1. Fix' },
}

/** Lets an agent ask about a task and returns the button that prompts for words. */
async function wordsButton(ask: keyof typeof questionsAbout): Promise<string> {
  const { ownerId } = bot.scope
  const asking = createCtx({ db: bot.db, ownerId, actor: agent, now: bot.ctx.now })
  const { question } = await askOwner(asking, questionsAbout[ask])
  await bot.user.nextMessage(ask, { within: 20_000 })
  return wordsTap.encode({ question: question.id, ask, item: '1' })
}

async function askFor(kind: PromptKind, labelId: string): Promise<Message> {
  if (kind === 'search' || kind === 'new-task') bot.user.sendText(kind === 'search' ? '/search' : '/new')
  else if (kind === 'answer' || kind === 'deny' || kind === 'change')
    bot.user.tapData(await wordsButton(kind), 1)
  else {
    const question = taskPrompts.find((one) => one === kind)
    const value = kind === 'label-name' ? labelId : kind.startsWith('project-') ? 'WEB' : ''
    bot.user.tapData(
      question === undefined
        ? promptTap.encode({ kind, about: value })
        : askTap.encode({ on: 'card', key: 'WEB-1', what: question }),
      1,
    )
  }
  return bot.user.nextMessage()
}

const answer = async (kind: PromptKind, text: string) => {
  const question = asked.get(kind)
  if (question === undefined) throw new Error(`${kind} was not asked`)
  bot.user.reply(question, text)
  const sentTexts = await bot.user.nextPost()
  await bot.handled()
  return sentTexts
}

test.each(kinds.filter((kind) => cases[kind].bad !== null))(
  'an invalid %s is refused with a sentence, changes nothing, and is asked again',
  async (kind) => {
    const before = await boardState(bot.db)

    const first = asked.get(kind) as Message
    const again = await answer(kind, cases[kind].bad ?? '')
    asked.set(kind, again)

    const [text = '', ...question] = (again.text ?? '').split('\n')
    expect(question.join('\n')).toBe(first.text)
    expect(again.reply_markup).toMatchObject({ force_reply: true })
    expect(text).toMatch(/^⚠️ \p{Lu}.*[.?"]$/su)
    expect(text).not.toMatch(/undefined|null|Invalid|expected|regex/)
    expect(await boardState(bot.db)).toEqual(before)
    expect(bot.user.current(first)).toBeUndefined()
  },
)

test.each(kinds)('%s accepts its answer after a restart and every command in between', async (kind) => {
  const before = await boardState(bot.db)

  await answer(kind, cases[kind].good)

  // Search words and the name of a new token don't change the board.
  const after = await boardState(bot.db)
  if (kind === 'search' || kind === 'token-name') expect(after).toEqual(before)
  else expect(after).not.toEqual(before)
})

test('/cancel cancels the latest prompt, then the one before', async () => {
  const first = await askFor('title', '')
  const last = await askFor('new-task', '')

  bot.user.sendText('/cancel')
  await bot.user.nextMessage('Canceled.')
  await bot.handled()

  expect(bot.user.current(last)).toBeUndefined()
  expect(bot.user.current(first)).toBeDefined()
  bot.user.sendText('/cancel')
  await bot.user.nextMessage('Canceled.')
  await bot.handled()
  expect(bot.user.current(first)).toBeUndefined()
})

test('a screen button tapped on a prompt shows the screen below it, and the prompt stays', async () => {
  bot.user.sendText('/new')
  const question = await bot.user.nextMessage('What needs doing?')
  bot.world.calls.length = 0

  bot.user.tapData(settingsScreen.encode({ part: '' }), question)

  await bot.user.nextMessage('Settings')
  expect(bot.user.current(question)?.text).toBe(question.text)
  expect(bot.world.calls.filter((call) => !call.ok)).toEqual([])
})
