import { sql } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { listProjects } from '../../src/domain/projects/read.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import type { NewTask } from '../../src/domain/tasks/schemas.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import type { WorldEvent } from '../../src/playground/world/events.ts'
import { openTestBot, type TestBot, type TestBotOptions } from './bot.ts'
import { emptyTables } from './empty.ts'

/**
 * Shares one bot among all tests of a file, which saves 2 s per test. The board is emptied before each test; after each test, the
 * bot must not have violated any of Telegram's rules.
 */
export function useBot(options?: TestBotOptions): () => TestBot {
  let bot: TestBot
  beforeAll(async () => {
    bot = await openTestBot(options)
    // On a busy machine, this may exceed a test's timeout.
    await bot.user.waitFor((event): event is WorldEvent => event.type === 'webhook', { within: 30_000 })
  })
  beforeEach(async () => {
    await bot.handled()
    bot.refillLimits()
    await emptyTables(bot.db, emptied)
    await bot.db.execute(sql`delete from projects where project_key <> 'WEB'`)
    bot.world.calls.length = 0
  })
  afterEach(() => {
    expect(bot.world.violations).toEqual([])
  })
  afterAll(() => bot.close())
  return () => bot
}

const emptied = [
  'tasks',
  'task_counters',
  'task_labels',
  'work_logs',
  'audit_logs',
  'events_outbox',
  'questions',
  'runners',
  'bot_messages',
  'bot_updates',
  'bot_conversations',
]

/** Adds tasks to the board, bypassing the chat, in project WEB by default. */
export async function addTasks(
  bot: TestBot,
  drafts: readonly (Partial<Omit<NewTask, 'projectId'>> & { readonly title: string })[],
  projectKey = 'WEB',
): Promise<Task[]> {
  const project = (await listProjects(bot.scope)).find((one) => one.projectKey === projectKey)
  if (project === undefined) throw new Error(`no project ${projectKey}`)
  const made: Task[] = []
  for (const draft of drafts) made.push((await createTask(bot.ctx, { ...draft, projectId: project.id })).task)
  return made
}

/** Returns the labels of a message's buttons. */
export function labelsOn(message: Message | undefined): string[] {
  return message?.reply_markup?.inline_keyboard.flat().map(({ text }) => text) ?? []
}

/** Returns a button's callback data by label. */
export function dataOf(message: Message, label: string): string {
  const button = message.reply_markup?.inline_keyboard.flat().find(({ text }) => text === label)
  if (button === undefined || !('callback_data' in button)) throw new Error(`no button ${label}`)
  return button.callback_data
}

/** Waits until a message has a reaction. */
export async function untilReaction(bot: TestBot, messageId: number, emoji: string): Promise<void> {
  await bot.user.waitFor(
    (event): event is typeof event =>
      event.type === 'reaction' &&
      event.messageId === messageId &&
      event.reaction.some((one) => one.type === 'emoji' && one.emoji === emoji),
  )
}

/** Returns the bot's answers to taps, in order. */
export function answersOf(bot: TestBot): (string | undefined)[] {
  return bot.world.calls
    .filter((call) => call.method.toLowerCase() === 'answercallbackquery')
    .map((call) => (call.params as { text?: string }).text)
}
