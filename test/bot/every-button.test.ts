import { eq } from 'drizzle-orm'
import type { Message } from 'grammy/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineLimits, runners, sessionRules, workLogFacts } from '../../src/db/schema.ts'
import { recordSecurityEvent } from '../../src/domain/access/security.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import type { Actor } from '../../src/domain/core/actor.ts'
import { type Ctx, createCtx } from '../../src/domain/core/context.ts'
import { createLabel } from '../../src/domain/labels/label-edits.ts'
import { listLabels } from '../../src/domain/labels/labels.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { deleteProject } from '../../src/domain/projects/edit.ts'
import { requireProject } from '../../src/domain/projects/read.ts'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { editTasks } from '../../src/domain/tasks/edit/edit-many.ts'
import { listTasks } from '../../src/domain/tasks/lists/list.ts'
import { fileLink } from '../../src/domain/tasks/notes/note-files.ts'
import { askOwner } from '../../src/domain/tasks/questions/ask.ts'
import { deleteTask } from '../../src/domain/tasks/removal/remove.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { createWorkLog } from '../../src/domain/tasks/work-logs.ts'
import { lastMinuteOf, toZoned } from '../../src/domain/time/time.ts'
import { staleRunsJob } from '../../src/jobs/stale-runs.ts'
import { unheardJob } from '../../src/jobs/unheard.ts'
import { openLog } from '../../src/log.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { addTopic } from '../../src/playground/world/membership.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import type { PromptKind } from '../../src/telegram/store/messages/reply-topic.ts'
import { toasts } from '../../src/view/kit/answers.ts'
import { newProjectScreen, projectScreen, settingsScreen } from '../../src/view/kit/links.ts'
import {
  askTap,
  dueChoices,
  menus,
  menuTap,
  moveTap,
  surfaces,
  taskPrompts,
  wordsTap,
} from '../../src/view/tasks/callbacks.ts'
import { laneScreen } from '../../src/view/tasks/lists/board.ts'
import { labelDeleteScreen } from '../../src/view/tasks/lists/labels.ts'
import { addTokens, agent, otherAgent } from '../support/board.ts'
import { openTestBot, type TestBot } from '../support/bot.ts'
import { buttons, commands } from '../support/buttons.ts'
import { addTasks } from '../support/chat.ts'
import { buttonsOf, type Exploration, explore, type SeenButton } from '../support/explore.ts'
import { boardState, saveDatabase } from '../support/saved-database.ts'
import { onPostgres } from '../support/tasks.ts'

// The embedded database checks one half of the buttons in every way, Postgres the other; BUTTONS=full checks all on one.
const isFull = process.env.BUTTONS === 'full'

const zone = 'Europe/Berlin'

let bot: TestBot
let user: VirtualUser
let stranger: VirtualUser
let forger: VirtualUser
let robot: Ctx
let lounge: number
let putBack: () => Promise<void>
/** The ID of the permission that waits for the owner. */
let permission: string

const answers: Readonly<Record<PromptKind, string>> = {
  answer: 'The left one.',
  deny: 'Use pnpm.',
  change: 'Smaller steps.',
  'send-back': 'The tests are missing.',
  title: 'A better title',
  note: 'A longer note',
  criteria: 'It works\nIt is quick',
  due: 'tomorrow 9am',
  label: 'mobile',
  branch: 'task/one',
  'token-name': 'server',
  'time-zone': 'Tokyo',
  'digest-time': '7:45',
  'quiet-hours': '23:00-06:30',
  'project-name': 'The website',
  'project-repo': 'ada/site',
  'project-instructions': 'Be kind.',
  'project-description': 'What we sell with',
  'project-url': 'https://example.com',
  'project-picture': 'https://example.com/a.png',
  'project-branch': 'develop',
  'new-label': 'fresh',
  'label-name': 'renamed',
  'stale-after': '45',
  'queued-after': '90',
  'runner-chat': '-100123',
  'runner-bot': '@hermes_bot',
  search: 'One',
  'new-task': 'Something new !high',
}

/** Messages that open everything a command can show. */
const openings: Readonly<Record<string, readonly string[]>> = {
  start: ['/start', '/start t_WEB-1'],
  new: ['/new', '/new Buy milk !urgent'],
  inbox: ['/inbox'],
  tasks: ['/tasks', '/tasks todo WEB #backend'],
  board: ['/board', '/board WEB'],
  todo: ['/todo'],
  hold: ['/hold'],
  ready: ['/ready'],
  done: ['/done'],
  focus: ['/focus'],
  due: ['/due'],
  task: ['/task', '/task WEB-1', '/task WEB-2', '/task WEB-3', '/task WEB-4', '/task WEB-5', '/task WEB-6'],
  log: ['/log', '/log WEB-1 Did it'],
  search: ['/search', '/search task'],
  agents: ['/agents'],
  away: ['/away'],
  here: ['/here'],
  lock: ['/lock'],
  unlock: ['/unlock'],
  projects: ['/projects', '/projects WEB'],
  labels: ['/labels'],
  digest: ['/digest'],
  settings: ['/settings'],
  audit: ['/audit', '/audit WEB-1'],
  security: ['/security'],
  undo: ['/undo', '/undo'],
  export: ['/export'],
  doctor: ['/doctor'],
  help: ['/help'],
  cancel: ['/cancel'],
}

const pressed = new Set<string>()
const answered = new Set<PromptKind>()

beforeAll(async () => {
  let aheadMs = 0
  const now = () => new Date(Date.now() + aheadMs)
  bot = await openTestBot({ ready: false, now, playground: { keepCalls: 100_000 } })
  const room = addSupergroup(bot.world, { title: 'Team', members: [bot.user.userId], topics: true })
  lounge = addTopic(bot.world, room, bot.world.owner.user, 'Lounge').threadId
  user = virtualUser(bot.world, { userId: bot.user.userId, chatId: room.chat.id })
  stranger = virtualUser(bot.world, { userId: 2002, chatId: room.chat.id, firstName: 'Eve' })
  forger = virtualUser(bot.world, { userId: 3003, firstName: 'Mallory', started: true })
  robot = createCtx({ db: bot.db, ownerId: bot.scope.ownerId, actor: agent, now })
  await bindChat(bot.ctx, { chatId: room.chat.id, userId: user.userId })
  await addTokens(bot.db, bot.scope.ownerId, [agent, otherAgent])
  await fill()
  aheadMs = 61 * 60_000
  const log = openLog({ level: 'debug', write: () => {} })
  await staleRunsJob.run({ store: bot.db, ownerId: bot.scope.ownerId, now, log })
  await user.nextMessage('hasn’t checked in', { within: 20_000 })
  const { commentId = '' } = await editTask(bot.ctx, 'WEB-2', { comment: 'Maybe lost' })
  const heardAt = new Date(now().getTime() - 60_000)
  await bot.db.update(workLogFacts).set({ heardAt }).where(eq(workLogFacts.logId, commentId))
  await unheardJob.run({ store: bot.db, ownerId: bot.scope.ownerId, now, log })
  await user.nextMessage('Maybe not heard', { within: 20_000 })
  const { id: projectId } = await requireProject(bot.scope, 'WEB')
  await createTask(bot.ctx, { projectId, title: 'Waits for a limit', queued: true, engine: 'claude-code' })
  const runnerId = crypto.randomUUID()
  const times = { firstSeenAt: now(), lastSeenAt: now() }
  const about = { name: 'mac', host: 'mac', projects: ['WEB'], max: 2, busy: 0, ...times }
  const engines = ['claude-code', 'codex'] as const
  await bot.db
    .insert(runners)
    .values({ id: runnerId, tokenId: agent.kind === 'agent' ? agent.tokenId : '', engines, ...about })
  const until = new Date(now().getTime() + 24 * 60 * 60_000)
  await bot.db.insert(engineLimits).values({ runnerId, engine: 'claude-code', until })
  await user.nextMessage('has reached its usage limit', { within: 20_000 })
  for (const title of ['Superfluous', 'Twice there']) {
    const { task } = await createTask(robot, { projectId, title })
    await deleteTask(robot, task.id)
    await user.nextMessage(`${title}\nlaptop deleted it`, { within: 20_000 })
  }
  const surplus = await addTasks(
    bot,
    Array.from({ length: 4 }, (_, nth) => ({ title: `Surplus ${nth}` })),
  )
  const last = surplus.at(-1)?.id ?? ''
  for (const { id } of surplus.slice(0, 3)) await deleteTask(robot, id)
  await expect(deleteTask(robot, last)).rejects.toThrow('its limit')
  await user.nextMessage('laptop wants to delete more', { within: 20_000 })
  putBack = await saveDatabase(bot.db, 'filled_board')
}, 120_000)

afterAll(() => bot.close())

/** Fills the board: every status and run, long and short texts, and more than a page of everything that has pages. */
async function fill(): Promise<void> {
  // A date without a time, because a due time could trigger a reminder during the test.
  const today = lastMinuteOf(toZoned(bot.ctx.now(), zone).toPlainDate(), zone)
  await createProject(bot.ctx, { key: 'WEB', name: 'Website', repoUrl: 'https://github.com/ada/website' })
  await createProject(bot.ctx, { key: 'API', name: 'The API' })
  await createProject(bot.ctx, { key: 'OLD', name: 'Gone' })
  await deleteProject(bot.ctx, 'OLD')
  await changeSettings(bot.ctx, { timeZone: zone })
  const photo = fileLink('photo', 'photo', 'AgACAgIAAxkBAAIB')
  const long = `${'A long note. '.repeat(300)}\n${photo}\n- [ ] first\n- [x] second`
  await addTasks(bot, [
    {
      title: 'Task one',
      status: 'todo',
      description: long,
      labels: ['backend'],
      dueAt: bot.ctx.now(),
      focus: true,
    },
    { title: 'Task that is running', status: 'todo' },
    { title: 'Task that is queued', status: 'todo' },
    { title: 'Task that is ready', status: 'todo' },
    { title: 'Task that is blocked', status: 'todo' },
    { title: 'Task that is done', status: 'done' },
    { title: 'Task that was captured' },
    { title: 'Another captured task', labels: ['ui'] },
    { title: 'A third captured task' },
    ...Array.from({ length: 12 }, (_, nth) => ({
      title: `Task of many ${nth}`,
      status: 'todo' as const,
      dueAt: today,
    })),
  ])
  await addTasks(
    bot,
    ['tests to choose', 'a permission', 'a plan'].map((words) => ({
      title: `Task with ${words}`,
      status: 'todo' as const,
    })),
  )
  await createLabel(bot.ctx, { name: 'spare' })
  await createToken(bot.ctx, { name: 'laptop' })
  for (let nth = 0; nth < 14; nth += 1) {
    const now = new Date(bot.ctx.now().getTime() - nth * 3_600_000)
    await recordSecurityEvent(bot.db, {
      ownerId: bot.scope.ownerId,
      eventType: 'chat.stranger',
      outcome: 'failure',
      detail: { userId: nth },
      now,
    })
  }
  for (let nth = 0; nth < 14; nth += 1) await createWorkLog(bot.ctx, { task: 'WEB-1', title: `Log ${nth}` })
  await editTask(robot, 'WEB-2', { lifecycle: 'start' })
  await editTask(bot.ctx, 'WEB-3', { runState: 'queued' })
  await editTask(robot, 'WEB-4', { lifecycle: 'complete', result: { summary: 'All done. '.repeat(600) } })
  await editTask(robot, 'WEB-5', {
    lifecycle: 'block',
    result: { blockedReason: 'Which one?', options: ['This', 'That'] },
  })
  await fillQuestions()
}

function inSession(actor: Actor, session: string): Ctx {
  const { ownerId } = bot.scope
  const withSession = actor.kind === 'agent' ? { ...actor, session } : actor
  return createCtx({ db: bot.db, ownerId, actor: withSession, now: bot.ctx.now })
}

/** Lets an agent ask and wait: on a card, in a further message of a task, and about no task. */
async function fillQuestions(): Promise<void> {
  const asking = inSession(agent, 'session-1')
  for (const key of ['WEB-22', 'WEB-23', 'WEB-24']) await editTask(asking, key, { lifecycle: 'start' })
  const tests = { text: 'Which tests?', options: ['Unit', 'Load'], multi: true }
  await askOwner(asking, { task: 'WEB-22', items: [tests, { text: 'Which name?', options: ['One', 'Two'] }] })
  await askOwner(asking, { task: 'WEB-22', items: [{ text: 'Which port?', options: ['3000', '8080'] }] })
  const tool = { name: 'Bash', input: 'a hash', useId: null, agentId: null, isDangerous: false }
  const command = { items: [{ text: 'Run this command?' }], detail: 'npm test' }
  const wanted = await askOwner(asking, { task: 'WEB-23', kind: 'permission', ...command }, { tool })
  permission = wanted.question.id
  await askOwner(asking, {
    task: 'WEB-24',
    kind: 'plan',
    items: [{ text: 'Approve this plan?' }],
    detail: '1. Fix',
  })
  await bot.db.insert(sessionRules).values({
    tokenId: agent.kind === 'agent' ? agent.tokenId : '',
    session: 'session-1',
    tool: 'Bash',
    input: 'another hash',
    shown: 'npm run lint',
  })
  const elsewhere = inSession(otherAgent, 'session-2')
  await askOwner(elsewhere, { items: [{ text: 'Which folder?', options: ['src', 'lib'] }] })
  await user.nextMessage('Which folder?', { within: 20_000 })
}

const answersTo = (queryId: string, from: number) =>
  bot.world.calls
    .slice(from)
    .flatMap(({ method, params, ok }) =>
      method === 'answerCallbackQuery' && params.callback_query_id === queryId && ok
        ? [String(params.text ?? '')]
        : [],
    )

interface Press {
  readonly who: VirtualUser
  readonly data: string
  readonly on: Message | number
  readonly why: string
}

/** Taps buttons one after another and returns the answers. Each tap gets exactly one, no matter who taps. */
async function press(...presses: readonly Press[]): Promise<string[]> {
  const logged = bot.lines.length
  const called = bot.world.calls.length
  const taps = presses.map(({ who, data, on }) => who.tapData(data, on))
  await bot.handled()
  const sentTexts = taps.map((tap) => (tap.kind === 'callback' ? answersTo(tap.queryId, called) : []))
  for (const [nth, { why }] of presses.entries()) expect(sentTexts[nth], why).toHaveLength(1)
  expect(
    bot.lines.slice(logged).filter((line) => line.includes('an update failed')),
    presses[0]?.why,
  ).toEqual([])
  return sentTexts.flat()
}

// Tapping these twice means two actions: the card moves up twice, and the second /undo undoes the change before.
const relative = /^act (?:place (?:up|down)|undo-before)/

// Buttons of one sort differ only in their value.
const sortOf = (kind: string) => kind.split(' ').slice(0, 2).join(' ')
const sorts = new Set<string>()
const isShare = (sort: string) =>
  isFull || [...sort].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 2 === Number(onPostgres)

/** Returns the tasks that a button and its message name. */
async function tasksNamedBy({ button, message }: SeenButton): Promise<Task[]> {
  const words = `${JSON.stringify(button.payload)} ${message.text ?? message.caption ?? ''}`
  const keys = new Set(words.match(/\b[A-Z]+-\d+\b/g))
  return (await listTasks(bot.scope, {})).filter((task) => keys.has(task.key))
}

const how = (): Exploration => ({
  bot,
  user,
  pressed,
  answered,
  answers,
  onButton: async (button) => {
    const { kind, data, message } = button
    if (isShare(sortOf(kind))) await pressForNothing(button)

    await press({ who: user, data, on: message, why: kind })
    const shown = buttonsOf(user.current(message) ?? message)
    const after = await boardState(bot.db)
    await press({ who: user, data, on: message, why: `${kind} again` })
    if (!relative.test(kind)) expect(await boardState(bot.db), `${kind} again`).toEqual(after)
    return shown
  },
})

/** Taps a button as strangers, as other versions of it, and after its tasks changed or are gone; none of it does any harm. */
async function pressForNothing(button: SeenButton): Promise<void> {
  const { kind, data, message } = button
  const before = await boardState(bot.db)
  const text = user.current(message)?.text
  const isFirst = !sorts.has(sortOf(kind))
  sorts.add(sortOf(kind))
  const others = isFirst ? otherVersions(data) : otherVersions(data).slice(0, 1)

  // None of them may do anything, so they are tapped in a row and checked together.
  const sentTexts = await press(
    { who: stranger, data, on: message, why: `${kind} by a stranger` },
    { who: forger, data, on: 1, why: `${kind} from another chat` },
    ...others.map((other) => ({ who: user, data: other, on: message, why: `${kind} as ${other}` })),
  )

  expect(sentTexts, kind).toEqual([toasts.stranger, toasts.stranger, ...others.map(() => toasts.unknown)])
  expect(await boardState(bot.db), `${kind}, by strangers and of another version`).toEqual(before)
  expect(user.current(message)?.text).toBe(text)

  const named = isFirst ? await tasksNamedBy(button) : []
  if (named.length > 0) {
    const back = await saveDatabase(bot.db, 'before_tap')
    await pressAfterChange(button, named)
    await back()
    await pressAfterDeletion(button, named)
    await back()
  }
}

/** Returns the button's data as an older and a newer version would write it, truncated, and the longest noise. */
function otherVersions(data: string): string[] {
  const noise = Buffer.from('\u{1F600}'.repeat(16)).toString()
  return [`0${data.slice(1)}`, `2${data.slice(1)}`, data.slice(0, data.indexOf('|') + 1 || 1), noise]
}

const moved = {
  inbox: 'hold',
  todo: 'ready',
  hold: 'todo',
  ready: 'todo',
  done: 'todo',
  archived: 'todo',
} as const

/** An agent moved tasks in the meantime: those stay where it moved them, the others where they were. */
async function pressAfterChange({ kind, data, message }: SeenButton, named: readonly Task[]): Promise<void> {
  await editTasks(
    robot,
    named.map((task) => ({ reference: task.id, edit: { status: moved[task.status] } })),
  )
  const before = await listTasks(bot.scope, {})
  await press({ who: user, data, on: message, why: `${kind} after a change` })
  // Undo and send-back apply if the state is as it was when they were made, however it got there.
  if (/undo|sendBack/.test(kind)) return
  const statuses = new Map((await listTasks(bot.scope, {})).map((task) => [task.id, task.status]))
  for (const task of before)
    if (statuses.has(task.id))
      expect([kind, task.key, statuses.get(task.id)]).toEqual([kind, task.key, task.status])
}

/** Everything that a button names was deleted: it says so and changes nothing. */
async function pressAfterDeletion(
  { kind, data, message }: SeenButton,
  named: readonly Task[],
): Promise<void> {
  for (const task of named) await deleteTask(bot.ctx, task.id)
  const before = await boardState(bot.db)
  await press({ who: user, data, on: message, why: `${kind} after a deletion` })
  const after = await boardState(bot.db)
  if (!/^(?:act (?!nudge|keep|place|pick|focus)|undo)/.test(kind))
    expect(after, `${kind} after a deletion`).toEqual(before)
}

/** Taps a button that is on no message, so its screen arrives as a new message. */
const open = (data: string) => void user.tapData(data, 1)
const openMenu = (menu: (typeof menus)[number], key: string) =>
  open(menuTap.encode({ on: 'card', key, menu, page: 0 }))

/** Hard-to-reach or occasional states. They are explored first, while the board is as it was filled. */
const corners: Readonly<Record<string, () => void | Promise<void>>> = {
  'what is edited': () => openMenu('edit', 'WEB-1'),
  'when it is due': () => openMenu('due', 'WEB-1'),
  'a move that would stop an agent': () =>
    open(moveTap.encode({ on: 'card', key: 'WEB-2', from: 'todo', to: 'done' })),
  'words about what is ready': async () => {
    user.sendText('/task WEB-4')
    user.reply(await user.nextMessage('All done.'), 'The tests are missing')
  },
  'a date in words': () => open(askTap.encode({ on: 'card', key: 'WEB-1', what: 'due' })),
  'a label in words': () => open(askTap.encode({ on: 'card', key: 'WEB-1', what: 'label' })),
  'a long note': () => openMenu('more', 'WEB-1'),
  'a long result': () => openMenu('more', 'WEB-4'),
  'a question with several parts': () => void user.sendText('WEB-22'),
  'words about a permission': async () => {
    user.sendText('WEB-23')
    user.reply(await user.nextMessage('npm test'), 'Use pnpm')
  },
  'the reason for a denial': () => open(wordsTap.encode({ question: permission, ask: 'deny', item: '1' })),
  'a plan that an agent waits for': () => void user.sendText('WEB-24'),
  'the deletion of a label': async () => {
    const spare = (await listLabels(bot.scope)).find(({ name }) => name === 'spare')
    open(labelDeleteScreen.encode({ id: spare?.id ?? '' }))
  },
  'a lane': () => open(laneScreen.encode({ status: 'todo', projectKey: '' })),
  'a project': () => open(projectScreen.encode({ key: 'WEB' })),
  'the runner': () => open(settingsScreen.encode({ part: 'runner' })),
  'a new project': async () => {
    open(newProjectScreen.encode({}))
    await bot.handled()
    user.sendText('Shop')
  },
  'an undo that is refused': async () => {
    await editTask(bot.ctx, 'WEB-1', { status: 'hold' })
    await editTask(robot, 'WEB-1', { status: 'todo' })
    user.sendText('/undo')
  },
  'the news': () => {},
  'another topic': () => void user.sendText('/projects API', { threadId: lounge }),
}

describe('every button is answered exactly once and does no harm when tapped twice, by strangers, from an older version, after a change, and after a deletion', () => {
  test.each(Object.keys(corners))(
    'around %s',
    async (name) => {
      await putBack()
      await explore(name === 'the news' ? { ...how(), from: 0 } : how(), corners[name] ?? (() => {}))
    },
    600_000,
  )

  test.each(commands.flatMap(({ command }) => openings[command] ?? `/${command}`))(
    'from %s',
    async (text) => {
      await putBack()
      await explore(how(), () => void user.sendText(text))
      expect(bot.world.violations).toEqual([])
    },
    600_000,
  )
})

test('no kind of button, command or prompt was left out', async () => {
  const words = [...pressed].map((kind) => kind.split(' '))
  const seenAt = (place: number) => new Set(words.map((facts) => facts[place]))
  const isPressed = (name: string) =>
    [...pressed].some((kind) => kind === name || kind.startsWith(`${name} `))
  expect({
    // A token is shown only in a private chat; tokens.test.ts taps the button that deletes its message.
    buttons: buttons.map(({ name }) => name).filter((name) => name !== 'act forget' && !isPressed(name)),
    // Only buttons on older messages are on `news`.
    surfaces: surfaces.filter((surface) => surface !== 'news' && !seenAt(1).has(surface)),
    menus: menus.filter((menu) => !words.some((facts) => facts[0] === 'menu' && facts[2] === menu)),
    // Answers are asked for by the question, except on older messages.
    questions: taskPrompts.filter(
      (question) =>
        question !== 'answer' && !words.some((facts) => facts[0] === 'ask' && facts[2] === question),
    ),
    due: dueChoices.filter((choice) => !words.some((facts) => facts[0] === 'due' && facts[2] === choice)),
    answers: Object.keys(answers).filter((kind) => !answered.has(kind as PromptKind)),
  }).toEqual({
    buttons: [],
    surfaces: [],
    menus: [],
    questions: [],
    due: [],
    answers: [],
  })
  expect(await listLabels(bot.scope)).not.toEqual([])
})
