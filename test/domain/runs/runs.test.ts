import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectRow } from '../../../src/db/schema.ts'
import type { Actor } from '../../../src/domain/core/actor.ts'
import type { Ctx } from '../../../src/domain/core/context.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { readCard } from '../../../src/domain/tasks/card.ts'
import { claimTask } from '../../../src/domain/tasks/claim.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { heldByToken } from '../../../src/domain/tasks/own-runs.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import { agent, type Board, openBoard, otherAgent } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())

const inSession = (session: string): Actor => ({ ...agent, session }) as Actor
const now = (key: string) => requireTask(board.scope, key)

/** A task on which session "one" of the laptop's token works: ready for a review, else in todo. */
async function running(name = ''): Promise<string> {
  const { key } = await addTask(board, shop, { status: name === 'review' ? 'ready' : 'todo' })
  await editTask(board.as(inSession('one')), key, { lifecycle: 'start' })
  return key
}

const edits: Readonly<Record<string, TaskEdit>> = {
  start: { lifecycle: 'start' },
  complete: { lifecycle: 'complete', result: { summary: 'Done.' } },
  block: { lifecycle: 'block', result: { blockedReason: 'Why?' } },
  plan: { lifecycle: 'plan', plan: 'First this.' },
  review: { lifecycle: 'review', result: { summary: 'Verified.' } },
  release: { runState: 'queued' },
  note: { note: 'Ignore the above.' },
  title: { title: 'Another title' },
  branch: { branch: 'main' },
  status: { status: 'done', clearRun: true },
}
/** What a verb of the holder's leaves: the task, its run, and the first audit entry. */
const written: Readonly<Record<string, readonly [object, string | null, string]>> = {
  start: [{ status: 'todo', runState: 'running' }, null, 'task.heartbeat'],
  complete: [{ status: 'ready', runState: null }, 'completed', 'task.complete'],
  block: [{ status: 'hold', runState: null, question: { kind: 'block' } }, 'blocked', 'task.block'],
  plan: [{ status: 'todo', runState: null, question: { kind: 'plan' } }, 'planned', 'task.plan'],
  review: [{ status: 'done', runState: null }, 'reviewed', 'task.review'],
  release: [{ status: 'todo', runState: 'queued' }, 'released', 'task.queue'],
  note: [{ note: 'Ignore the above.', runState: 'running' }, null, 'task.edit'],
  title: [{ title: 'Another title', runState: 'running' }, null, 'task.edit'],
  branch: [{ branch: 'main', runState: 'running' }, null, 'task.edit'],
  status: [{ status: 'done', runState: null }, null, 'task.move'],
}
const verbs: Readonly<Record<string, (ctx: Ctx, key: string) => Promise<unknown>>> = {
  ...Object.fromEntries(
    Object.entries(edits).map(([name, edit]) => [name, (ctx: Ctx, key: string) => editTask(ctx, key, edit)]),
  ),
  delete: deleteTask,
}
const names = Object.keys(verbs)
const run = (name: string, actor: Actor, key: string) =>
  (verbs[name] as (typeof verbs)[string])(board.as(actor), key)

test.each(
  Object.entries(written).flatMap(([name, after]) => [
    { name, by: 'the holder', actor: inSession('one'), after },
    { name, by: 'a call of the token without a session', actor: agent, after },
  ]),
)('$name by $by is carried out and recorded', async ({ name, actor, after: [fields, outcome, action] }) => {
  const key = await running(name)
  const changes = await recordChanges(board.db)

  await run(name, actor, key)

  const task = await now(key)
  expect(task).toMatchObject(fields)
  expect(task.lastRun).toMatchObject({ session: 'one', ...(outcome === null ? {} : { outcome }) })
  expect((await changes()).audit.map((entry) => entry.action)).toContain(action)
})

test.each(['the holder', 'the owner'])('delete by %s is carried out', async (who) => {
  const key = await running()

  await run('delete', who === 'the owner' ? { kind: 'owner' } : inSession('one'), key)

  expect(await findTask(board.scope, key)).toBeNull()
})

test.each([
  ...names.map((name) => ({ name, by: 'another session of the token', actor: inSession('two') })),
  ...names.map((name) => ({ name, by: 'another token', actor: otherAgent })),
])('$name by $by is refused, names the holder, and writes nothing', async ({ name, actor }) => {
  const key = await running(name)
  const before = await now(key)
  const changes = await recordChanges(board.db)

  await expect(run(name, actor, key)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/has been working on SHOP-\d+ since 2026/),
  })

  expect(await changes()).toEqual(noChanges)
  expect(await now(key)).toEqual(before)
})

test.each(Object.entries(written))('%s by the owner is never refused', async (name, [fields]) => {
  const key = await running(name)

  await run(name, { kind: 'owner' }, key)

  const { question: _, ...kept } = fields as { readonly question?: unknown }
  expect(await now(key)).toMatchObject(kept)
})

test.each([
  ['the holder', inSession('one')],
  ['another session of the token', inSession('two')],
  ['another token', otherAgent],
])('a comment by %s is always allowed', async (_who, actor) => {
  const key = await running()

  await editTask(board.as(actor), key, { comment: 'The tests live in ci/.' })

  const card = await readCard(board.scope, await now(key))
  expect(card).toMatchObject({ runState: 'running', agentComment: { text: 'The tests live in ci/.' } })
  expect(card.feedback).toEqual([])
})

test('a silent run can be taken over at the stale time, not a millisecond earlier', async () => {
  await changeSettings(board.ctx, { staleAfterMinutes: 30 })
  const key = await running()
  board.clock.advance({ minutes: 30, ms: -1 })
  await expect(editTask(board.as(otherAgent), key, { lifecycle: 'start' })).rejects.toThrow(
    'has been working',
  )
  board.clock.advance({ ms: 1 })

  await editTask(board.as(otherAgent), key, { lifecycle: 'start' })

  expect((await now(key)).lastRun).toMatchObject({ name: 'server', outcome: null })
})

test('any change by the holder is a heartbeat', async () => {
  await changeSettings(board.ctx, { staleAfterMinutes: 30 })
  const key = await running()
  board.clock.advance({ minutes: 29 })
  await editTask(board.as(inSession('one')), key, { note: 'Halfway.' })
  board.clock.advance({ minutes: 29 })

  const attempt = editTask(board.as(otherAgent), key, { lifecycle: 'start' })

  await expect(attempt).rejects.toThrow('has been working')
})

test('after a takeover, the first agent’s result is kept as a comment and the second one’s counts', async () => {
  const key = await running()
  board.clock.advance({ minutes: 31 })
  await editTask(board.as(otherAgent), key, { lifecycle: 'start' })

  const late = await editTask(board.as(inSession('one')), key, {
    lifecycle: 'complete',
    result: { summary: 'From the first.' },
  })
  await editTask(board.as(otherAgent), key, {
    lifecycle: 'complete',
    result: { summary: 'From the second.' },
  })

  expect(late.refused?.message).toContain('kept as a comment')
  expect(await readCard(board.scope, await now(key))).toMatchObject({
    status: 'ready',
    latestResult: { summary: 'From the second.' },
  })
})

test.each([
  ['complete', { lifecycle: 'complete', result: { summary: 'Done.', tests: 'green' } }],
  ['block', { lifecycle: 'block', result: { blockedReason: 'Why?' } }],
] as const)('a %s that is repeated gets the first answer and writes nothing', async (_name, edit) => {
  const key = await running()
  await editTask(board.as(inSession('one')), key, edit)
  const first = await now(key)
  board.clock.advance({ minutes: 1 })
  const changes = await recordChanges(board.db)

  const again = await editTask(board.as(inSession('one')), key, edit)

  expect(again).toEqual({ task: first, auditId: null })
  expect(await changes()).toEqual(noChanges)
})

test('a second complete with another summary is refused', async () => {
  const key = await running()
  await editTask(board.as(inSession('one')), key, { lifecycle: 'complete', result: { summary: 'Done.' } })

  const other = editTask(board.as(inSession('one')), key, {
    lifecycle: 'complete',
    result: { summary: 'More.' },
  })

  await expect(other).rejects.toMatchObject({ code: 'conflict' })
})

test('a holder gets its run again; another session of its token is offered it and can take it over', async () => {
  const alone = await openBoard()
  try {
    const project = await addProject(alone)
    const { key } = await addTask(alone, project, { status: 'todo' })
    const one = alone.as(inSession('one'))
    const two = alone.as(inSession('two'))
    await editTask(one, key, { lifecycle: 'start' })

    expect(await claimTask(one, { resumes: 'session' })).toMatchObject({ isResumed: true, task: { key } })
    expect(await claimTask(one, { resumes: 'none' })).toMatchObject({ task: null })
    expect(await claimTask(two, { resumes: 'session' })).toMatchObject({ task: null })
    expect(await heldByToken(two)).toEqual([key])
    expect(await claimTask(alone.as(agent), { resumes: 'token' })).toMatchObject({ isResumed: true })
    expect(await claimTask(alone.as(otherAgent), { resumes: 'token' })).toMatchObject({ task: null })

    expect(await claimTask(two, { resume: key })).toMatchObject({ isResumed: true, task: { key } })

    await expect(editTask(one, key, { note: 'Still mine?' })).rejects.toThrow('Another session of laptop')
    await expect(claimTask(alone.as(otherAgent), { resume: key })).rejects.toMatchObject({
      code: 'not-found',
    })
  } finally {
    await alone.close()
  }
})

// CLAIMS=2000 npx vitest run test/domain/runs/runs.test.ts takes it further. Only Postgres has several connections to race on.
const claims = Number(process.env.CLAIMS ?? 40)

test(`${claims} claims, each while the only waiting task is being changed: none is empty`, {
  timeout: 30_000 + claims * 200,
}, async () => {
  const alone = await openBoard()
  try {
    const project = await addProject(alone)
    const { key } = await addTask(alone, project, { status: 'todo' })
    const holder = alone.as(agent)
    let empty = 0
    for (let claim = 0; claim < claims; claim += 1) {
      await editTask(alone.ctx, key, { runState: 'queued' })
      const change = editTask(alone.ctx, key, { title: `Change ${claim}` })
      const { task } = await claimTask(holder, { resumes: 'none' })
      if (task === null) empty += 1
      await change
      if (task !== null) await editTask(holder, key, { runState: null })
    }
    expect(empty).toBe(0)
  } finally {
    await alone.close()
  }
})
