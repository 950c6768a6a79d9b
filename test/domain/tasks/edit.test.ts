import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ProjectRow, taskLabels, tasks, workLogs } from '../../../src/db/schema.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { changeSettings } from '../../../src/domain/settings/settings.ts'
import { readDetail } from '../../../src/domain/tasks/detail.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import { findTask, requireTask } from '../../../src/domain/tasks/read.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { addTokens, agent, type Board, openBoard, otherAgent } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'
import { addProject, addTask } from '../../support/tasks.ts'

const byAgent = { actor: 'agent:laptop', tokenId: '00000000-0000-4000-8000-000000000001' }

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
})
afterAll(() => board.close())
// Every change lies a minute after what it changes.
beforeEach(() => board.clock.advance({ minutes: 1 }))

const logsOf = (task: Task) =>
  board.db.select().from(workLogs).where(eq(workLogs.taskId, task.id)).orderBy(asc(workLogs.id))

const addLater = async (draft: Parameters<typeof addTask>[2] = {}) => {
  const task = await addTask(board, shop, draft)
  board.clock.advance({ minutes: 1 })
  return task
}

describe('an edit', () => {
  test('writes fields, note, status, logs, events and one audit entry', async () => {
    const task = await addLater({ labels: ['old'] })
    await editTask(board.ctx, task.key, { runState: 'queued' })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const { task: changed, auditId } = await editTask(board.as(agent), task.key.toLowerCase(), {
      title: 'Mend the till',
      note: 'How.',
      status: 'hold',
      labels: ['new', 'old'],
    })

    expect(changed).toMatchObject({
      key: task.key,
      title: 'Mend the till',
      note: 'How.',
      status: 'hold',
      runState: null,
      runStateUpdatedAt: null,
      updatedAt: board.clock.now(),
      createdAt: task.createdAt,
    })
    expect(changed.labels.map((label) => label.name)).toEqual(['new', 'old'])
    expect(await requireTask(board.scope, task.id)).toEqual(changed)
    const logs = await logsOf(task)
    expect(logs.map((log) => log.title)).toEqual([
      `${task.key} · Inbox -> Hold`,
      `${task.key} · Fields Updated (2) · title, labels`,
      `${task.key} · Note Updated`,
    ])
    expect(logs.every((log) => log.projectId === shop.id)).toBe(true)
    const left = await changes()
    expect(left.events.map(({ type, entityId, payload }) => [type, entityId, payload])).toEqual([
      ['TASK_STATUS_CHANGED', task.key, { from: 'inbox', to: 'hold', title: 'Mend the till', ...byAgent }],
      [
        'TASK_UPDATED',
        task.key,
        {
          changedFields: ['title', 'labels', 'note', 'run_state'],
          title: 'Mend the till',
          runState: { from: 'queued', to: null },
          ...byAgent,
        },
      ],
      ...logs.map((log, i) => [
        'WORKLOG_CREATED',
        log.id,
        {
          title: log.title,
          taskKey: task.key,
          kind: ['status', 'fields', 'note'][i],
          ...byAgent,
        },
      ]),
    ])
    expect(left.audit.map((entry) => entry.action).sort()).toEqual(['label.create', 'task.move'])
    expect(left.audit.find((entry) => entry.id === auditId)).toMatchObject({
      targetId: task.key,
      meta: {
        taskId: task.id,
        by: 'agent:laptop',
        tokenId: agent.kind === 'agent' ? agent.tokenId : '',
        before: { status: 'inbox', title: 'Fix the till', labels: ['old'], note: null, runState: 'queued' },
        after: { status: 'hold', title: 'Mend the till', labels: ['new', 'old'], note: 'How.' },
      },
    })
  })

  test.each<[string, TaskEdit]>([
    ['no fields', {}],
    ['the current values', { title: 'Fix the till', status: 'inbox', labels: ['SAME'], priority: 'none' }],
    ['a release of a free task', { clearRun: true, runState: null }],
  ])('with %s writes nothing', async (_what, edit) => {
    const task = await addLater({ labels: ['same'] })
    const changes = await recordChanges(board.db)

    const { task: same, auditId } = await editTask(board.ctx, task.key, edit)

    expect(same).toEqual(task)
    expect(auditId).toBeNull()
    expect(await changes()).toEqual(noChanges)
    expect(await findTask(board.scope, task.id)).toEqual(task)
  })

  test.each<[string, TaskEdit, string]>([
    ['an action that does not start here', { lifecycle: 'review' }, 'conflict'],
    ['another state than expected', { status: 'done', expect: { status: 'hold' } }, 'conflict'],
    ['an empty title', { title: ' ' }, 'invalid'],
    ['a summary that is too long', { result: { summary: 'x'.repeat(70_001) } }, 'invalid'],
    [
      'parts that are too long together',
      { result: { summary: 'x'.repeat(70_000), notes: 'x'.repeat(20_000), tests: 'x'.repeat(6_001) } },
      'invalid',
    ],
    ['a blank plan', { lifecycle: 'plan', plan: '' }, 'invalid'],
  ])('is refused for %s and writes nothing', async (_what, edit, code) => {
    const task = await addLater()
    const changes = await recordChanges(board.db)

    const attempt = editTask(board.ctx, task.key, edit)

    await expect(attempt).rejects.toMatchObject({ code })
    expect(await changes()).toEqual(noChanges)
    expect(await findTask(board.scope, task.id)).toEqual(task)
  })

  test.each([
    'SHOP-999',
    'nonsense',
    '',
    'SHOP-1\u0000x',
    '00000000-0000-4000-8000-00000000ffff',
    '🚀\ud83d',
  ])('of %j finds nothing', async (reference) => {
    const changes = await recordChanges(board.db)

    const attempt = editTask(board.ctx, reference, { title: 'x' })

    await expect(attempt).rejects.toMatchObject({ code: 'not-found' })
    expect(await changes()).toEqual(noChanges)
  })

  test('of a task whose project is deleted finds nothing', async () => {
    const gone = await addProject(board, 'GONE')
    const task = await addTask(board, gone)
    await deleteProject(board.ctx, gone.projectKey)

    const attempt = editTask(board.ctx, task.key, { title: 'x' })

    await expect(attempt).rejects.toMatchObject({ code: 'not-found' })
  })

  test('moves a card to the end of the lane it enters', async () => {
    const first = await addLater({ status: 'ready' })
    const second = await addLater()

    const { task } = await editTask(board.ctx, second.key, { status: 'ready' })

    expect(task.sortOrder > first.sortOrder).toBe(true)
  })

  test('creates a label once for two concurrent edits', async () => {
    const [one, two] = [await addLater(), await addLater()]

    await Promise.all([
      editTask(board.ctx, one.key, { labels: ['Twin'] }),
      editTask(board.ctx, two.key, { labels: ['tWIN'] }),
    ])

    const twins = (await board.db.select().from(taskLabels)).filter((l) => l.name.toLowerCase() === 'twin')
    expect(twins).toHaveLength(1)
  })

  test('loses no field with eight concurrent writers', async () => {
    const task = await addLater()
    const dueAt = new Date('2026-12-01T08:00:00.000Z')
    const edits: TaskEdit[] = [
      { title: 'T' },
      { priority: 'high' },
      { engine: 'codex' },
      { branch: 'b' },
      { dueAt },
      { focus: true },
      { description: 'D' },
      { labels: ['l'] },
    ]

    await Promise.all(edits.map((edit) => editTask(board.ctx, task.key, edit)))

    const changed = await requireTask(board.scope, task.id)
    expect(changed).toMatchObject({
      title: 'T',
      priority: 'high',
      engine: 'codex',
      branch: 'b',
      dueAt,
      focusedAt: board.clock.now(),
      note: 'D',
      labels: [{ name: 'l' }],
    })
  })

  test('with an expectation succeeds for one of five concurrent writers', async () => {
    const task = await addLater()

    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        editTask(board.ctx, task.key, { status: 'todo', expect: { status: 'inbox' } }),
      ),
    )

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  })
})

describe('a pin', () => {
  test('set twice on one local day is written once, and again on the next day', async () => {
    await changeSettings(board.ctx, { timeZone: 'America/New_York' })
    board.clock.set('2027-03-02T02:00:00.000Z')
    const task = await addTask(board, shop)
    const { task: pinned } = await editTask(board.ctx, task.key, { focus: true })
    const changes = await recordChanges(board.db)

    // Three hours on it is nearly midnight where the owner is.
    board.clock.set('2027-03-02T04:59:00.000Z')
    expect(await editTask(board.ctx, task.key, { focus: true })).toEqual({ task: pinned, auditId: null })
    expect(await changes()).toEqual(noChanges)

    board.clock.set('2027-03-02T05:00:00.000Z')
    const { task: again } = await editTask(board.ctx, task.key, { focus: true })
    expect(again.focusedAt).toEqual(board.clock.now())
  })
})

describe('a start', () => {
  test('takes the task; by the same agent it is a heartbeat', async () => {
    const task = await addLater()
    const since = board.clock.now()

    const started = await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    board.clock.advance({ minutes: 10 })
    const changes = await recordChanges(board.db)
    const again = await editTask(board.as(agent), task.key, { lifecycle: 'start' })

    expect(started.task).toMatchObject({ status: 'inbox', runState: 'running', runStateUpdatedAt: since })
    expect(again.task).toMatchObject({ runState: 'running', runStateUpdatedAt: board.clock.now() })
    const left = await changes()
    expect(left.audit.map((entry) => entry.action)).toEqual(['task.heartbeat'])
    expect(left.events.map((event) => event.payload?.changedFields)).toEqual([['run_state_updated_at']])
  })

  test('of a task that another agent works on names that agent and its start, even after heartbeats', async () => {
    const task = await addLater()
    const since = board.clock.now().toISOString()
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    board.clock.advance({ minutes: 10 })
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    const changes = await recordChanges(board.db)

    const attempt = editTask(board.as(otherAgent), task.key, { lifecycle: 'start' })

    await expect(attempt).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`laptop has been working on ${task.key} since ${since}`),
      facts: { runner: 'laptop', since },
    })
    expect(await changes()).toEqual(noChanges)
  })

  test('goes to the other agent after the first is released', async () => {
    const task = await addLater()
    await editTask(board.as(agent), task.key, { lifecycle: 'start' })
    await editTask(board.ctx, task.key, { clearRun: true })
    board.clock.advance({ minutes: 1 })

    const { task: taken } = await editTask(board.as(otherAgent), task.key, { lifecycle: 'start' })

    expect(taken.runState).toBe('running')
    await expect(editTask(board.as(agent), task.key, { lifecycle: 'start' })).rejects.toThrow('server')
  })

  test('by ten agents at once succeeds for one', async () => {
    const task = await addLater()

    const agents = Array.from({ length: 10 }, (_, i) => ({
      kind: 'agent' as const,
      tokenId: `00000000-0000-4000-8000-00000000010${i}`,
      name: `a${i}`,
    }))
    await addTokens(board.db, board.ownerId, agents)

    const outcomes = await Promise.allSettled(
      agents.map((actor) => editTask(board.as(actor), task.key, { lifecycle: 'start' })),
    )

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
  })

  test('of a run that another writer began succeeds', async () => {
    const task = await addLater()
    await board.db
      .update(tasks)
      .set({ runState: 'running', runStateUpdatedAt: board.clock.now() })
      .where(eq(tasks.id, task.id))

    await editTask(board.as(agent), task.key, { lifecycle: 'start' })

    await expect(editTask(board.as(otherAgent), task.key, { lifecycle: 'start' })).rejects.toThrow('laptop')
  })
})

describe('results and comments of a task', () => {
  const detail = async (task: Task) => readDetail(board.scope, await requireTask(board.scope, task.id))

  test('start empty', async () => {
    expect(await detail(await addLater())).toMatchObject({
      latestResult: null,
      feedback: [],
      agentInstructions: null,
      artifacts: [],
      noteUpdated: null,
      deploy: { strategy: 'none', defaultBranch: 'main' },
    })
  })

  test('include the newest result with its parts', async () => {
    const task = await addLater({ status: 'todo' })
    const summary = 'First.\n\nSecond.\n\n---\nEngine: of the car'
    await editTask(board.as(agent), task.key, { result: { summary: 'Old' } })
    board.clock.advance({ minutes: 1 })
    await editTask(board.as(agent), task.key, {
      lifecycle: 'block',
      result: { summary, blockedReason: 'No key.\n\nNo lock.', tests: 'none' },
    })

    const { latestResult } = await detail(task)

    expect(latestResult).toMatchObject({
      title: 'PREQSTATION Result · Fix the till',
      summary,
      blockedReason: 'No key.\n\nNo lock.',
      workedAt: board.clock.now(),
    })
  })

  test('list comments since the last result, oldest first, across a move to another project', async () => {
    await addProject(board, 'AFTER')
    const task = await addLater()
    const sendText = async (edit: TaskEdit) => {
      board.clock.advance({ minutes: 1 })
      await editTask('result' in edit ? board.as(agent) : board.ctx, task.id, edit)
      return board.clock.now()
    }
    await sendText({ comment: 'before' })
    await sendText({ result: { summary: 'Done.' } })
    const first = await sendText({ comment: 'first' })
    await moveToProject(board.ctx, task.key, 'AFTER')
    const second = await sendText({ comment: 'second', status: 'todo' })

    expect((await detail(task)).feedback).toMatchObject([
      { text: 'first', at: first },
      { text: 'second', at: second },
    ])
  })

  test('do not change the task: a comment writes a log and its event', async () => {
    const task = await addLater()
    const changes = await recordChanges(board.db)

    await editTask(board.ctx, task.key, { comment: 'Use the blue one.' })

    const left = await changes()
    expect(left.events).toMatchObject([
      { type: 'WORKLOG_CREATED', payload: { kind: 'comment', taskKey: task.key } },
    ])
    expect(left.audit).toMatchObject([{ action: 'task.comment', targetId: task.key }])
  })

  test('fit the log at the maximum length of an edit', async () => {
    const task = await addLater({ title: '🚀'.repeat(180) })

    await editTask(board.as(agent), task.key, {
      result: {
        summary: 's'.repeat(40_000),
        blockedReason: 'b'.repeat(10_000),
        tests: 't'.repeat(10_000),
        prUrl: 'https://example.com/'.padEnd(2_000, 'p'),
        notes: 'n'.repeat(20_000),
        checks: 'c'.repeat(10_000),
      },
    })

    expect((await detail(task)).latestResult?.summary).toHaveLength(40_000)
  })
})

describe('a project that wants pull requests', () => {
  test('is checked if the edit is strict', async () => {
    const project = await addProject(board, 'STRICT')
    await setProjectSettings(board.ctx, project.projectKey, {
      deploy_strategy: 'feature_branch',
      deploy_auto_pr: 'true',
    })
    const task = await addTask(board, project, { status: 'todo' })

    const strict = editTask(board.as(agent), task.key, { lifecycle: 'complete', strictReady: true })
    await expect(strict).rejects.toMatchObject({ facts: { missing: ['pull request URL'] } })
    await editTask(board.ctx, task.key, { status: 'ready' })

    expect((await requireTask(board.scope, task.id)).status).toBe('ready')
  })
})
