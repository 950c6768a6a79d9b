import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { botMessages } from '../../../src/db/schema.ts'
import { listTokens, revokeToken } from '../../../src/domain/access/tokens.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { leasesJob } from '../../../src/jobs/leases.ts'
import { connectAgent } from '../../support/agent.ts'
import { addTasks, answersOf, labelsOn, untilReaction, useBot } from '../../support/chat.ts'
import { apiOf, connectRunner, type RunnerOptions } from '../../support/runners.ts'

// Morning, so that no test reaches the next day by chance.
let ahead = Date.parse('2026-11-24T07:00:00Z') - Date.now()
const now = () => new Date(Date.now() + ahead)
const bot = useBot({ now })
const wait = { within: 20_000 }
const pass = (seconds: number) => {
  ahead += seconds * 1_000
}
const log = { debug() {}, info() {}, warn() {}, error() {} }
const runLeases = () => leasesJob.run({ store: bot().db, ownerId: bot().scope.ownerId, now, log })

const connect = (options: RunnerOptions = {}) =>
  connectRunner(apiOf(bot()), { projects: ['WEB'], ...options })
const queue = async (fields: object = {}) => {
  await addTasks(bot(), [{ title: 'Fix the login', status: 'todo', queued: true, ...fields }])
}
const show = async (key = 'WEB-1') => {
  bot().user.mark()
  bot().user.sendText(`/task ${key}`)
  return bot().user.nextMessage('Fix the login', wait)
}
/** Lets a runner work on WEB-1, whose card is shown. */
const working = async (options: RunnerOptions = {}) => {
  const runner = await connect(options)
  await queue()
  const run = await runner.take()
  await runner.hello({ runs: [run.id] })
  return { runner, run, card: await show() }
}
const claimAgain = async () => {
  const other = await connectAgent(bot(), { name: 'desktop' })
  return (await other.claim({ status: 'todo' })).status
}
const inMinutes = (minutes: number) => new Date(now().getTime() + minutes * 60_000)
const clockOf = (at: Date) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' }).format(at)

describe('a run of a runner', () => {
  test('is named after its engine and runner', async () => {
    const { card } = await working()
    expect(card.text).toContain('Claude Code on mac is working on it')
  })

  test('asks under that name', async () => {
    const { run } = await working()
    await run.call('POST', '/api/questions', { task: 'WEB-1', question: 'Red or blue?' })
    const asked = await bot().user.nextMessage('Red or blue?', wait)
    expect(asked.text).toContain('Question from Claude Code on mac · just asked')
  })

  test('is blocked under that name', async () => {
    const { run } = await working()
    await run.act('block', { blockedReason: 'No access to staging' })
    const blocked = await bot().user.nextMessage('No access to staging', wait)
    expect(blocked.text).toContain('Claude Code on mac is blocked · just asked')
  })

  test("gets the owner's reply through the runner, and the reactions say so", async () => {
    const { run, runner, card } = await working()
    const written = bot().user.reply(card, 'Use pnpm')
    await bot().handled()
    await untilReaction(bot(), written.message_id, '✍')

    const { body } = await runner.hello({ runs: [run.id] })

    expect(body.replies).toMatchObject([{ run: run.id, text: 'Use pnpm' }])
    await untilReaction(bot(), written.message_id, '👀')
    await bot().user.nextEdit(/You: Use pnpm\nClaude Code on mac heard it at \d\d:\d\d/, wait)
  })

  test('shows what it took on the ready card, also if its runner reports that later', async () => {
    const { run } = await working()
    bot().user.mark()
    await run.act('complete', { summary: 'All done.' })
    await bot().user.nextMessage('All done.', wait)
    const usage = { input_tokens: 80_000, output_tokens: 4_000, cost_usd: 0.42 }
    await run.report({ usage, files: 5, outcome: 'exited' })
    pass(4)
    await bot().user.nextEdit('under a minute · 84k tokens · $0.42 · 5 files', wait)
  })

  test('shows its branch and what that starts from', async () => {
    const { run } = await working()
    bot().user.mark()
    await run.act('complete', { summary: 'All done.' })
    await bot().user.nextMessage('All done.', wait)
    await run.report({ base: 'origin/main', files: 2, outcome: 'exited' })
    pass(4)
    await bot().user.nextEdit('task/web-1/fix-the-login from origin/main', wait)
  })
})

describe('Stop on a run of a runner', () => {
  const stopped = async () => {
    const working_ = await working()
    bot().user.tap('Stop', working_.card)
    await bot().user.nextEdit('Claude Code on mac is stopping…', wait)
    return working_
  }

  test('is stopping until the runner reports the end of the process', async () => {
    const { run, runner } = await stopped()
    expect((await runner.hello({ runs: [run.id] })).body.stop).toEqual([run.id])
    pass(30)
    expect(await claimAgain()).toBe(204)

    await run.report({ outcome: 'stopped' })

    await bot().user.nextEdit('Claude Code on mac has stopped', wait)
    expect(await claimAgain()).toBe(200)
  })

  test('has stopped once the runner no longer reports the process', async () => {
    const { runner } = await stopped()
    await runner.hello({ runs: [] })
    await bot().user.nextEdit('Claude Code on mac has stopped', wait)
    expect(await claimAgain()).toBe(200)
  })

  test('says after 60 s that the runner can’t be reached', async () => {
    await stopped()
    pass(58)
    expect(await claimAgain()).toBe(204)
    pass(3)
    await bot().user.nextEdit('Claude Code on mac can’t be reached', wait)
    expect(await claimAgain()).toBe(200)
  })
})

describe('a lost run', () => {
  const lost = async () => {
    const { run, runner } = await working()
    bot().user.mark()
    pass(12 * 60)
    await runner.hello({ runs: [run.id] })
    pass(91)
    await runLeases()
    const card = await bot().user.nextMessage('Claude Code on mac was lost after 12 min.', wait)
    return { run, runner, card }
  }

  test('is a loud question with what the owner can do', async () => {
    const { card } = await lost()
    expect(card.text).toMatch(/^⛔ WEB-1: Claude Code on mac was lost after 12 min\.\n.*\nIts run was lost/)
    expect(labelsOn(card).slice(0, 3)).toEqual(['Queue again', 'Keep on hold', 'Answer'])
  })

  test('is queued again by a tap, with Undo', async () => {
    const { card, runner } = await lost()
    bot().user.tap('Queue again', card)
    const answered = await bot().user.nextEdit('Answered: Queue again · queued', wait)
    expect(labelsOn(answered)).toContain('↩️ Undo')
    expect((await runner.take()).body.run.attempt).toBe(2)
  })

  test('stays on hold by a tap', async () => {
    const { card } = await lost()
    bot().user.tap('Keep on hold', card)
    await bot().user.nextEdit('Answered: Keep on hold · on hold', wait)
    const { status, runState } = await requireTask(bot().scope, 'WEB-1')
    expect([status, runState]).toEqual(['hold', null])
  })
})

describe('the card of a queued task', () => {
  test.each<[string, RunnerOptions, object, string | null]>([
    ['no runner has its project', { projects: ['NOPE'] }, {}, 'No runner for project WEB'],
    ['no runner has its engine', {}, { engine: 'gemini-cli' }, 'No runner has Gemini CLI'],
    ['a runner can take it', {}, {}, null],
  ])('says why it waits if %s', async (_, options, fields, line) => {
    await connect(options)
    await queue(fields)
    const { text } = await show()
    expect(text?.includes('unner')).toBe(line !== null)
    if (line !== null) expect(text).toContain(line)
  })

  test('says nothing without a runner', async () => {
    await queue()
    expect((await show()).text).not.toContain('unner')
  })

  test('says that all runners are busy, and no longer once one is free', async () => {
    const runner = await connect({ max: 1 })
    await queue()
    await queue()
    const run = await runner.take()
    expect((await show('WEB-2')).text).toContain('Runner mac is busy')
    await connect({ name: 'linux', max: 1 }).then((other) => other.hello({ busy: 1 }))
    expect((await show('WEB-2')).text).toContain('2 runners are all busy')
    await run.act('complete', { summary: 'Done.' })
    expect((await show('WEB-2')).text).not.toContain('busy')
  })

  test('says since when its runner is offline, by itself', async () => {
    await connect()
    await queue()
    const heard = clockOf(now())
    await runLeases()
    await show()
    bot().user.mark()
    pass(91)
    await runLeases()
    await bot().user.nextEdit(`Runner mac is offline since ${heard}`, wait)
  })
})

describe('a usage limit', () => {
  const limited = async (options: RunnerOptions = {}) => {
    const { run, runner, card } = await working(options)
    const until = inMinutes(90)
    bot().user.mark()
    await run.report({ limit: { engine: 'claude-code', until: until.toISOString() } })
    const notice = await bot().user.nextMessage('has reached its usage limit until', wait)
    return { run, runner, card, notice, at: clockOf(until) }
  }

  test('ends the run and queues its task, whose card says what it waits for', async () => {
    const { run, runner, at } = await limited()
    expect((await show()).text).toContain(`Waits for Claude Code until ${at}`)
    expect((await run.call('GET', '/api/tasks/WEB-1')).status).toBe(401)
    expect((await runner.claim()).status).toBe(204)
  })

  test('leaves the other engines of the runner their tasks', async () => {
    const { runner } = await limited()
    await queue({ title: 'Another' })
    const other = await runner.take()
    expect([other.key, other.body.run.engine]).toEqual(['WEB-2', 'codex'])
  })

  test('ends by itself', async () => {
    const { runner } = await limited()
    pass(90 * 60)
    expect((await runner.take()).body.run.engine).toBe('claude-code')
  })

  test('comes in one message with what the owner can do', async () => {
    const { notice, at, runner } = await limited()
    expect(notice.text).toBe(
      `⌛ Claude Code on mac has reached its usage limit until ${at}. 1 task waits for it.`,
    )
    expect(labelsOn(notice)).toEqual([`Resume at ${at}`, 'Resume now', 'Use Codex instead'])
    bot().user.mark()
    const until = inMinutes(90).toISOString()
    await runner.hello({ limits: [{ engine: 'claude-code', until }] })
    await runner.hello({ limits: [{ engine: 'codex', until }] })
    await bot().user.nextMessage('Codex on mac has reached its usage limit', wait)
    expect(await bot().db.$count(botMessages, eq(botMessages.purpose, 'notice'))).toBe(2)
  })

  test('is kept by a tap', async () => {
    const { notice, at, runner } = await limited()
    bot().user.tap(`Resume at ${at}`, notice)
    const kept = await bot().user.nextEdit(`It resumes at ${at}.`, wait)
    expect(labelsOn(kept)).toEqual([])
    expect((await runner.claim()).status).toBe(204)
  })

  test('ends by a tap, even if the runner reports it again, and Undo restores it', async () => {
    const { notice, runner } = await limited()
    bot().user.tap('Resume now', notice)
    const resumed = await bot().user.nextEdit('gets tasks again', wait)
    await runner.hello({ limits: [{ engine: 'claude-code', until: inMinutes(90).toISOString() }] })
    bot().user.tap('↩️ Undo', resumed)
    await bot().user.nextEdit('has reached its usage limit until', wait)
    expect((await runner.claim()).status).toBe(204)
    bot().user.tap('Resume now', notice)
    await bot().user.nextEdit('gets tasks again', wait)
    expect((await runner.take()).key).toBe('WEB-1')
  })

  test('gives its tasks to another engine by a tap, and Undo takes them back', async () => {
    const { notice, runner } = await limited()
    bot().user.tap('Use Codex instead', notice)
    const moved = await bot().user.nextEdit('1 task queued for Codex instead', wait)
    bot().user.tap('↩️ Undo', moved)
    await bot().user.nextEdit('1 task waits for it', wait)
    expect((await runner.claim()).status).toBe(204)
    bot().user.tap('Use Codex instead', notice)
    await bot().user.nextEdit('1 task queued for Codex instead', wait)
    expect((await runner.take()).body.run.engine).toBe('codex')
  })

  test('is not lifted once its end has passed', async () => {
    const { notice } = await limited()
    pass(91 * 60)
    bot().user.tap('Resume now', notice)
    await bot().user.nextEdit('gets tasks again', wait)
    expect(answersOf(bot()).at(-1)).toBe('Already done.')
  })

  test('says so if its runner has not been heard for a week', async () => {
    const { notice } = await limited()
    pass(7 * 24 * 3_600)
    bot().user.tap('Resume now', notice)
    await bot().user.nextEdit('That runner is gone.', wait)
  })
})

describe('/agents', () => {
  test('lists runners with what they do and when they were heard', async () => {
    const runner = await connect({ max: 2 })
    await queue()
    const agents = async () => {
      bot().user.mark()
      bot().user.sendText('/agents')
      // An invisible character keeps the host from becoming a link.
      return (await bot().user.nextMessage('Agents', wait)).text?.replaceAll('\u2060', '')
    }
    await runner.take()
    expect(await agents()).toContain('🏃 mac on mac.local · online · 1 of 2 busy\nClaude Code, Codex\n')
    const until = inMinutes(30)
    await runner.hello({ limits: [{ engine: 'codex', until: until.toISOString() }] })
    expect(await agents()).toContain(`Claude Code, Codex from ${clockOf(until)}`)
    pass(5 * 60)
    expect(await agents()).toContain('🏃 mac on mac.local · offline, last heard 5 min ago')
  })

  test('shows neither the tokens of runs nor runners whose token is revoked', async () => {
    const runner = await connect()
    await queue()
    await runner.take()
    await revokeToken(bot().ctx, runner.tokenId)
    bot().user.mark()
    bot().user.sendText('/agents')
    const { text = '' } = await bot().user.nextMessage('Tokens', wait)
    const tokens = await listTokens(bot().scope)
    expect(text).not.toContain('Runners')
    expect(tokens.every(({ name }) => /runner|desktop/.test(name))).toBe(true)
  })
})
