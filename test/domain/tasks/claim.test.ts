import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, type ProjectRow, tasks } from '../../../src/db/schema.ts'
import type { Actor } from '../../../src/domain/core/actor.ts'
import type { Ctx } from '../../../src/domain/core/context.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { type ClaimInput, claimTask as claim } from '../../../src/domain/tasks/claim.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { sendBackEdit } from '../../../src/domain/tasks/edit/handoff.ts'
import { answerQuestion } from '../../../src/domain/tasks/questions/answer.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import { addTokens, agent, type Board, openBoard, otherAgent } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
let barn: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  barn = await addProject(board, 'BARN')
})
afterAll(() => board.close())
afterEach(() => board.db.delete(tasks))

const addQueued = async (draft: Parameters<typeof addTask>[2] = {}, project = shop) => {
  const task = await addTask(board, project, { status: 'todo', ...draft })
  board.clock.advance({ minutes: 1 })
  return (await editTask(board.ctx, task.key, { runState: 'queued' })).task
}

const claimTask = async (ctx: Ctx, input: ClaimInput) => (await claim(ctx, input)).task

let areKnown = false
const agents = async (count: number): Promise<Actor[]> => {
  const actors = Array.from({ length: count }, (_, i) => ({
    kind: 'agent' as const,
    tokenId: `00000000-0000-4000-8000-0000000001${String(i).padStart(2, '0')}`,
    name: `agent ${i}`,
  }))
  if (!areKnown) await addTokens(board.db, board.ownerId, actors)
  areKnown = true
  return actors
}

describe('claiming a task', () => {
  test('hands out the task that waited longest, with event and audit entry', async () => {
    const first = await addQueued({ title: 'first', labels: ['x'] })
    await addQueued({ title: 'second' })
    await editTask(board.ctx, first.key, { priority: 'high' })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const task = await claimTask(board.as(agent), {})

    expect(task).toMatchObject({
      key: first.key,
      runState: 'running',
      runStateUpdatedAt: board.clock.now(),
      updatedAt: board.clock.now(),
      status: 'todo',
      labels: [{ name: 'x' }],
    })
    const left = await changes()
    expect(left.events).toMatchObject([
      {
        type: 'TASK_UPDATED',
        entityId: first.key,
        payload: {
          changedFields: ['run_state'],
          runState: { from: 'queued', to: 'running' },
          actor: 'agent:laptop',
        },
      },
    ])
    expect(left.audit).toMatchObject([{ action: 'task.claim', targetId: first.key }])
    expect((await requireTask(board.scope, first.key)).lastRun).toMatchObject({
      name: 'laptop',
      since: board.clock.now(),
    })
  })

  test('finds nothing if nothing is queued, and writes nothing', async () => {
    await addTask(board, shop, { status: 'todo' })
    await addTask(board, shop, { status: 'inbox' })
    const changes = await recordChanges(board.db)

    expect(await claimTask(board.as(agent), {})).toBeNull()
    expect(await changes()).toEqual(noChanges)
  })

  test('takes the first todo task on request, after queued ones', async () => {
    await addTask(board, shop, { title: 'inbox', status: 'inbox' })
    await addTask(board, shop, { title: 'todo 1', status: 'todo' })
    await addTask(board, shop, { title: 'todo 2', status: 'todo' })
    await addQueued({ title: 'queued', status: 'hold' })

    const taken = []
    for (let i = 0; i < 4; i += 1)
      taken.push((await claimTask(board.as(agent), { status: 'todo' }))?.title ?? null)

    expect(taken).toEqual(['queued', 'todo 1', 'todo 2', null])
  })

  test.each<[string, ClaimInput, string | null]>([
    ['an engine takes its own and what names none', { engine: 'codex' }, 'any'],
    ['another engine leaves it', { engine: 'gemini-cli', label: 'only' }, null],
    ['no engine takes any', { label: 'ONLY' }, 'codex'],
    ['a project, in any case', { projectKey: 'barn' }, 'barn'],
    ['a label, in any case', { label: 'Farm' }, 'barn'],
    ['a label that is not there', { label: 'none' }, null],
    ['all of them', { engine: 'claude-code', projectKey: 'BARN', label: 'farm' }, 'barn'],
  ])('by %s', async (_what, input, title) => {
    await addQueued({ title: 'codex', engine: 'codex', labels: ['only'] })
    await board.db.update(tasks).set({ runStateUpdatedAt: board.clock.now() })
    board.clock.advance({ minutes: -5 })
    await addQueued({ title: 'any' })
    board.clock.advance({ minutes: 10 })
    await addQueued({ title: 'barn', labels: ['farm'] }, barn)

    expect((await claimTask(board.as(agent), input))?.title ?? null).toBe(title)
  })

  test('skips the tasks of deleted projects', async () => {
    const gone = await addProject(board, 'GONE')
    await addQueued({}, gone)
    await deleteProject(board.ctx, 'GONE')

    expect(await claimTask(board.as(agent), {})).toBeNull()
  })

  test('gives twenty agents twenty different tasks', async () => {
    for (let i = 0; i < 20; i += 1) await addQueued({ title: `${i}` })

    const taken = await Promise.all((await agents(20)).map((actor) => claimTask(board.as(actor), {})))

    expect(new Set(taken.map((task) => task?.key)).size).toBe(20)
    expect(taken).not.toContain(null)
  })

  test('gives five tasks to five of twenty agents, queued or in todo', async () => {
    for (let i = 0; i < 2; i += 1) await addQueued({ title: `${i}` })
    for (let i = 0; i < 3; i += 1) await addTask(board, shop, { status: 'todo' })
    const actors = await agents(20)

    const taken = await Promise.all(actors.map((actor) => claimTask(board.as(actor), { status: 'todo' })))

    const keys = taken.flatMap((task) => (task === null ? [] : [task.key]))
    expect(keys).toHaveLength(5)
    expect(new Set(keys).size).toBe(5)
    for (const [i, task] of taken.entries()) {
      if (task === null) continue
      expect((await requireTask(board.scope, task.key)).lastRun).toMatchObject({ name: `agent ${i}` })
    }
  })

  test('hands out answered and sent-back tasks first, preferably to the agent that asked', async () => {
    await addQueued({ title: 'queued long ago' })
    board.clock.advance({ minutes: 1 })
    const ended = async (title: string, by: Actor, result: TaskEdit) => {
      const { key } = await addTask(board, shop, { title, status: 'todo' })
      await editTask(board.as(by), key, { lifecycle: 'start' })
      await editTask(board.as(by), key, result)
      board.clock.advance({ minutes: 1 })
      return requireTask(board.scope, key)
    }
    const sentBack = await ended('sent back to another', otherAgent, { lifecycle: 'complete' })
    const asked = await ended('asked by this one', agent, {
      lifecycle: 'block',
      result: { blockedReason: '?' },
    })
    await ended('asked and not answered', agent, { lifecycle: 'block', result: { blockedReason: '?' } })
    await editTask(board.ctx, sentBack.key, sendBackEdit('Again.'))
    board.clock.advance({ minutes: 1 })
    await answerQuestion(board.ctx, asked.question?.id ?? '', { text: 'Yes.' })

    const taken = []
    for (let i = 0; i < 4; i += 1) taken.push((await claimTask(board.as(agent), {}))?.title ?? null)

    expect(taken).toEqual(['asked by this one', 'sent back to another', 'queued long ago', null])
  })

  test('never hands a token with an engine a task for another one', async () => {
    await addQueued({ title: 'codex', engine: 'codex' })
    const as = (engine: Engine) =>
      board.as({ kind: 'agent', tokenId: '00000000-0000-4000-8000-000000000001', name: 'laptop', engine })

    expect(await claimTask(as('claude-code'), {})).toBeNull()
    expect(await claimTask(as('codex'), {})).toMatchObject({
      title: 'codex',
      lastRun: { engine: 'codex', outcome: null },
    })
  })

  test('counts as a start: another agent learns who has the task, the same one sends a heartbeat', async () => {
    await addQueued()
    const task = await claimTask(board.as(agent), {})
    const since = board.clock.now().toISOString()
    board.clock.advance({ minutes: 5 })

    const other = editTask(board.as(otherAgent), task?.key ?? '', { lifecycle: 'start' })
    await expect(other).rejects.toMatchObject({ code: 'conflict', facts: { runner: 'laptop', since } })
    const same = await editTask(board.as(agent), task?.key ?? '', { lifecycle: 'start' })

    expect(same.task.runStateUpdatedAt).toEqual(board.clock.now())
    const [row] = await board.db
      .select()
      .from(tasks)
      .where(eq(tasks.id, task?.id ?? ''))
    expect(row?.runState).toBe('running')
  })
})
