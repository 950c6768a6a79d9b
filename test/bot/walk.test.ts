import fc from 'fast-check'
import type { Message } from 'grammy/types'
import { afterEach, expect, test } from 'vitest'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit.ts'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { deleteTask } from '../../src/domain/tasks/remove.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'
import { addTasks } from '../support/chat.ts'

let bot: TestBot

afterEach(async () => {
  await bot.close()
})

const commands = [
  ...[
    'start',
    'new',
    'inbox',
    'tasks',
    'tasks done',
    'board',
    'board web',
    'focus',
    'due',
    'task',
    'task WEB-1',
  ],
  ...[
    'log',
    'log WEB-1 did it',
    'log WEB',
    'search',
    'search a',
    'agents',
    'projects',
    'labels',
    'digest',
    'settings',
  ],
  ...['audit', 'security', 'undo', 'help', 'cancel', 'task NO-1', 'tasks #nope !never'],
]
const texts = [
  'Fix <b>bold</b> & "quotes" #web !high ^tomorrow',
  'API: ship it @codex *',
  'web-2',
  '1 done, 2 tomorrow, 9 hold',
  'fri 17:00',
  '-',
  'x'.repeat(4_096),
  '/tmp/foo is broken',
  '/nonsense',
  `- [ ] one\n- [ ] two`,
]

type Step =
  | { readonly kind: 'tap'; readonly message: number; readonly button: number }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'reply'; readonly message: number; readonly text: string }
  | { readonly kind: 'behind'; readonly what: 'move' | 'delete'; readonly task: number }

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('tap' as const), message: fc.nat(5), button: fc.nat(40) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      text: fc.constantFrom(...commands.map((name) => `/${name}`), ...texts),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      message: fc.nat(5),
      text: fc.constantFrom(...texts),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('behind' as const),
      what: fc.constantFrom('move' as const, 'delete' as const),
      task: fc.nat(8),
    }),
  },
)

async function take(step: Step): Promise<void> {
  const said = bot.user.messages().filter((message) => message.from?.is_bot)
  const pick = (index: number): Message | undefined => said.at(-1 - (index % Math.max(1, said.length)))
  if (step.kind === 'say') bot.user.say(step.text)
  if (step.kind === 'reply') {
    const target = pick(step.message)
    if (target !== undefined) bot.user.reply(target, step.text)
  }
  if (step.kind === 'tap') {
    const target = pick(step.message)
    const buttons =
      target?.reply_markup?.inline_keyboard.flat().filter((button) => 'callback_data' in button) ?? []
    const button = buttons[step.button % Math.max(1, buttons.length)]
    if (target !== undefined && button !== undefined && 'callback_data' in button)
      bot.user.tapData(button.callback_data, target)
  }
  if (step.kind === 'behind') {
    const found = await listTasks(bot.scope, {})
    const task = found[step.task % Math.max(1, found.length)]
    if (task !== undefined && step.what === 'delete') await deleteTask(bot.ctx, task.id)
    else if (task !== undefined)
      await editTask(bot.ctx, task.id, { status: 'hold', comment: 'Behind your back' })
  }
  await bot.handled()
}

// WALK_SEED repeats a walk, WALK_STEPS makes it longer.
const length = Number(process.env.WALK_STEPS ?? 500)

test(`a random walk of ${length} taps, messages and replies is answered at every step and refused at none`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: length, maxLength: length }), async (steps) => {
      bot = await openTestBot()
      await createProject(bot.ctx, { key: 'API', name: 'The API' })
      await addTasks(bot, [
        {
          title: 'One <two> & three',
          status: 'todo',
          description: 'Text\n- [ ] first\n- [x] second',
          dueAt: new Date(),
        },
        { title: 'Ready one', status: 'ready' },
        { title: 'Ready two', status: 'ready' },
        { title: 'Done', status: 'done' },
        { title: 'In the inbox' },
        { title: 'On hold', status: 'hold', labels: ['backend'], focus: true },
      ])
      for (const step of steps) {
        await take(step)
        expect(bot.world.violations).toEqual([])
        expect(bot.world.taps.size, `unanswered after ${JSON.stringify(step)}`).toBe(0)
        const faults = bot.lines.filter((line) => line.includes('an update failed'))
        expect(faults, `after ${JSON.stringify(step)}`).toEqual([])
      }
      const refused = bot.world.calls
        .filter((call) => !call.ok)
        .map((call) => `${call.method}: ${call.error?.description}`)
      expect(
        refused.filter((line) => !/message is not modified|can't be deleted|to delete not found/.test(line)),
      ).toEqual([])
    }),
    {
      numRuns: 1,
      endOnFailure: true,
      ...(process.env.WALK_SEED ? { seed: Number(process.env.WALK_SEED) } : {}),
    },
  )
}, 900_000)
