import { describe, expect, test } from 'vitest'
import { type RunState, type TaskStatus, taskStatuses } from '../../../src/domain/core/task-values.ts'
import { toDeploySettings, toProjectSettings } from '../../../src/domain/projects/project-settings.ts'
import type { LifecycleAction } from '../../../src/domain/tasks/edit/lifecycle.ts'
import { planEdit } from '../../../src/domain/tasks/edit/plan/plan-edit.ts'
import type { EditFacts } from '../../../src/domain/tasks/edit/plan/plan-logs.ts'
import { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { agent } from '../../support/board.ts'

const before = new Date('2026-11-23T09:00:00.000Z')
const now = new Date('2026-11-24T09:00:00.000Z')

const task: Task = {
  id: '00000000-0000-4000-8000-0000000000aa',
  key: 'SHOP-1',
  prefix: 'SHOP',
  number: 1,
  title: 'Fix the till',
  note: 'Why.\n\n## Acceptance Criteria\n\n- [x] a\n- [ ] b',
  status: 'todo',
  priority: 'none',
  branch: 'task/shop-1/fix-the-till',
  engine: 'codex',
  runState: null,
  runStateUpdatedAt: null,
  dueAt: null,
  focusedAt: null,
  sortOrder: 'a0',
  archivedAt: null,
  createdAt: before,
  updatedAt: before,
  question: null,
  lastRun: null,
  snoozedUntil: null,
  labels: [
    { id: '1', name: 'Backend', color: 'blue' },
    { id: '2', name: 'urgent', color: 'red' },
  ],
  project: { id: 'p', key: 'SHOP', name: 'Shop', repoUrl: null, deleted: false },
}

const running = (state: RunState | null): Partial<Task> => ({
  runState: state,
  runStateUpdatedAt: state === null ? null : before,
})

const plan = (from: Partial<Task>, edit: TaskEdit, facts: Partial<EditFacts> = {}) =>
  planEdit({ ...task, ...from }, TaskEdit.parse(edit), {
    actor: agent,
    now,
    timeZone: 'Europe/Berlin',
    deploy: toDeploySettings(toProjectSettings({})),
    knownPrUrl: null,
    ...facts,
  })

describe('lifecycle actions', () => {
  const allowed: Record<LifecycleAction, Partial<Record<TaskStatus, TaskStatus>>> = {
    start: { inbox: 'inbox', todo: 'todo', hold: 'hold', ready: 'ready' },
    plan: { inbox: 'todo', todo: 'todo', hold: 'hold' },
    complete: { todo: 'ready', hold: 'ready' },
    review: { ready: 'done' },
    block: { inbox: 'hold', todo: 'hold', hold: 'hold', ready: 'hold' },
  }
  const requires: Record<LifecycleAction, string> = {
    start: 'inbox, todo, hold, or ready',
    plan: 'inbox, todo, or hold',
    complete: 'todo or hold',
    review: 'ready',
    block: 'inbox, todo, hold, or ready',
  }
  const actions = Object.keys(allowed) as LifecycleAction[]
  const cases = actions.flatMap((action) =>
    taskStatuses.map((status) => [action, status, allowed[action][status]] as const),
  )
  const edit = (action: LifecycleAction): TaskEdit => ({ lifecycle: action, plan: 'The plan.' })

  test.each(cases.filter(([, , to]) => to !== undefined))('%s takes %s to %s', (action, status, to) => {
    const planned = plan({ status, ...running('queued') }, edit(action))

    expect(planned.columns.status ?? status).toBe(to)
    expect(planned.status).toEqual(to === status ? null : { from: status, to })
    expect(planned.columns.runState).toBe(action === 'start' ? 'running' : null)
    expect(planned.columns.runStateUpdatedAt).toEqual(action === 'start' ? now : null)
    expect(planned.runState).toEqual({ from: 'queued', to: action === 'start' ? 'running' : null })
  })

  test.each(cases.filter(([, , to]) => to === undefined))('%s is refused from %s', (action, status) => {
    const attempt = () => plan({ status }, edit(action))

    expect(attempt).toThrowError(
      `PREQ lifecycle action "${action}" requires ${requires[action]}. Current status: ${status}.`,
    )
    expect(attempt).toThrowError(expect.objectContaining({ code: 'conflict' }))
  })

  test.each([undefined, '', ' \n'])('plan requires a plan, not %j', (text) => {
    expect(() => plan({ status: 'inbox' }, { lifecycle: 'plan', plan: text })).toThrowError(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining('planMarkdown') }),
    )
  })

  test.each<[string, TaskStatus, TaskEdit, TaskStatus]>([
    ['applies with start', 'inbox', { lifecycle: 'start', status: 'todo' }, 'todo'],
    ['applies with a plan in todo', 'todo', { lifecycle: 'plan', plan: 'p', status: 'hold' }, 'hold'],
    ['gives way to a plan in the inbox', 'inbox', { lifecycle: 'plan', plan: 'p', status: 'hold' }, 'todo'],
    ['gives way to complete', 'todo', { lifecycle: 'complete', status: 'done' }, 'ready'],
    ['gives way to block', 'todo', { lifecycle: 'block', status: 'archived' }, 'hold'],
    ['wins over a plan without an action', 'inbox', { plan: 'p', status: 'hold' }, 'hold'],
  ])('a status sent along %s', (_what, from, edit, to) => {
    expect(plan({ status: from }, edit).columns.status).toBe(to)
  })

  test('start by the agent that works on it is a heartbeat: the timestamp moves, the run continues', () => {
    const planned = plan(running('running'), { lifecycle: 'start' })

    expect(planned.columns).toEqual({ runState: 'running', runStateUpdatedAt: now })
    expect(planned.runState).toBeNull()
    expect(planned.changedFields).toEqual(['run_state_updated_at'])
    expect(planned.logs).toEqual([])
  })
})

describe('status and run', () => {
  test.each(taskStatuses.filter((status) => status !== 'todo'))('moving to %s ends the run', (status) => {
    const planned = plan(running('running'), { status })

    expect(planned.columns).toMatchObject({ status, runState: null, runStateUpdatedAt: null })
    expect(planned.runState).toEqual({ from: 'running', to: null })
    expect(planned.logs).toMatchObject([{ kind: 'status', detail: null }])
  })

  test('an unchanged status leaves the run unless told to clear it', () => {
    expect(plan(running('running'), { status: 'todo' }).columns).toEqual({})
    expect(plan(running('running'), { status: 'todo', clearRun: true }).runState).toEqual({
      from: 'running',
      to: null,
    })
    expect(plan({}, { status: 'todo', clearRun: true }).columns).toEqual({})
  })

  test('queueing stamps, queueing again does not, releasing clears the stamp', () => {
    expect(plan({}, { runState: 'queued' }).columns).toEqual({ runState: 'queued', runStateUpdatedAt: now })
    expect(plan(running('queued'), { runState: 'queued' }).columns).toEqual({})
    expect(plan(running('queued'), { runState: null }).columns).toEqual({
      runState: null,
      runStateUpdatedAt: null,
    })
  })

  test('a move that also queues leaves it queued', () => {
    expect(plan({ status: 'ready' }, { status: 'todo', runState: 'queued' }).columns).toMatchObject({
      status: 'todo',
      runState: 'queued',
    })
  })

  test('archiving stamps, leaving the archive clears the stamp', () => {
    expect(plan({}, { status: 'archived' }).columns.archivedAt).toEqual(now)
    expect(
      plan({ status: 'archived', archivedAt: before }, { status: 'inbox' }).columns.archivedAt,
    ).toBeNull()
  })

  test('a plan without an action takes an inbox task to todo, a blank one does not', () => {
    expect(plan({ status: 'inbox' }, { plan: 'p' }).columns.status).toBe('todo')
    expect(plan({ status: 'hold' }, { plan: 'p' }).columns.status).toBeUndefined()
    expect(plan({ status: 'inbox' }, { plan: ' ' }).columns).toEqual({})
  })

  test.each<[TaskEdit['expect'], boolean]>([
    [{ status: 'todo' }, true],
    [{ runState: null }, true],
    [{ status: 'todo', runState: null }, true],
    [{ status: 'inbox' }, false],
    [{ runState: 'running' }, false],
    [{ status: 'todo', runState: 'queued' }, false],
  ])('expecting %j is met: %s', (expected, met) => {
    const attempt = () => plan({}, { status: 'done', expect: expected })

    if (met) expect(attempt().columns.status).toBe('done')
    else expect(attempt).toThrowError(expect.objectContaining({ code: 'conflict' }))
  })
})

const asked = {
  id: '00000000-0000-4000-8000-00000000000a',
  kind: 'block' as const,
  items: [{ id: '1', text: 'Red or blue?', options: [], multi: false }],
  detail: null,
  name: null,
  engine: null,
  runner: null,
  askedAt: now,
  expiresAt: null,
  tool: null,
  draft: null,
  returnsTo: 'todo' as const,
}

describe('fields', () => {
  test.each<[string, TaskEdit, object, string[]]>([
    ['title', { title: ' New ' }, { title: 'New' }, ['title']],
    ['priority', { priority: 'high' }, { taskPriority: 'high' }, ['priority']],
    ['engine', { engine: 'gemini-cli' }, { engine: 'gemini-cli' }, ['engine']],
    ['no engine', { engine: null }, { engine: null }, ['engine']],
    ['branch', { branch: 'b' }, { branch: 'b' }, ['branch']],
    ['no branch, by null', { branch: null }, { branch: null }, ['branch']],
    ['no branch, by an empty text', { branch: ' ' }, { branch: null }, ['branch']],
    ['due date', { dueAt: now }, { dueAt: now }, ['due_at']],
    ['focus', { focus: true }, { focusedAt: now }, ['focused_at']],
    [
      'several at once',
      { title: 'New', priority: 'low' },
      { title: 'New', taskPriority: 'low' },
      ['title', 'priority'],
    ],
  ])('%s', (_what, edit, columns, fields) => {
    const planned = plan({}, edit)

    expect(planned.columns).toEqual(columns)
    expect(planned.changedFields).toEqual(fields)
    expect(planned.logs).toMatchObject([
      { kind: 'fields', title: `SHOP-1 · Fields Updated (${fields.length}) · ${fields.join(', ')}` },
    ])
  })

  test.each<[string, Partial<Task>, TaskEdit]>([
    ['nothing', {}, {}],
    ['the same title', {}, { title: 'Fix the till ' }],
    ['the same priority', {}, { priority: 'none' }],
    ['the same engine', {}, { engine: 'codex' }],
    ['no branch where there is none', { branch: null }, { branch: '' }],
    ['the same due date', { dueAt: now }, { dueAt: new Date(now) }],
    ['no focus where there is none', {}, { focus: false }],
    ['focus where it is in focus today', { focusedAt: new Date(now.getTime() - 60_000) }, { focus: true }],
    ['the same labels in another case', {}, { labels: ['BACKEND', 'Urgent', 'backend'] }],
    ['the same status', {}, { status: 'todo' }],
    ['the same run', running('queued'), { runState: 'queued' }],
    ['the same note', {}, { note: task.note }],
    ['the same description', {}, { description: 'Why.' }],
    ['the same criteria', {}, { criteria: ['a', 'b'] }],
    ['a blank comment', {}, { comment: ' \n' }],
    ['a block of what has an open question', { status: 'hold', question: asked }, { lifecycle: 'block' }],
    ['a plan that is there already', { note: 'The plan.' }, { lifecycle: 'plan', plan: 'The plan.' }],
  ])('%s changes nothing', (_what, from, edit) => {
    expect(plan(from, edit)).toEqual({
      columns: {},
      labels: null,
      logs: [],
      status: null,
      runState: null,
      changedFields: [],
      runStarts: false,
      runEnds: null,
      snooze: undefined,
      withdraws: false,
      question: null,
      engine: 'codex',
    })
  })

  test.each([[['urgent', 'Backend']], [['Backend']], [['Backend', 'urgent', 'new']], [[]]])(
    'labels %j are new ones',
    (labels) => {
      expect(plan({}, { labels })).toMatchObject({ labels, changedFields: ['labels'] })
    },
  )
})

describe('the note', () => {
  const criteria = '## Acceptance Criteria\n\n- [x] a\n- [ ] b'

  test.each<[string, TaskEdit, string | null]>([
    ['noteMarkdown replaces it whole', { note: 'Only this' }, 'Only this'],
    ['a blank noteMarkdown clears it', { note: ' \n' }, null],
    ['null clears it', { note: null }, null],
    ['a description keeps the criteria', { description: 'New.' }, `New.\n\n${criteria}`],
    ['an empty description leaves the criteria', { description: '' }, criteria],
    ['a plan keeps the criteria', { plan: 'Steps.' }, `Steps.\n\n${criteria}`],
    ['a plan wins over a description', { plan: 'Steps.', description: 'x' }, `Steps.\n\n${criteria}`],
    ['criteria keep the text', { criteria: ['b'] }, 'Why.\n\n## Acceptance Criteria\n\n- [ ] b'],
    ['no criteria leave the text', { criteria: [] }, 'Why.'],
    [
      'a criterion that stays keeps its mark',
      { criteria: ['new', 'a'] },
      'Why.\n\n## Acceptance Criteria\n\n- [ ] new\n- [x] a',
    ],
    [
      'a description with its own criteria adds them',
      { description: 'New.\n- [ ] c' },
      `New.\n\n${criteria}\n- [ ] c`,
    ],
    [
      'description and criteria replace both',
      { description: 'New.\n- [ ] c', criteria: ['a'] },
      'New.\n\n## Acceptance Criteria\n\n- [ ] c\n- [x] a',
    ],
    [
      'noteMarkdown with criteria takes both',
      { note: 'Only this\n- [x] z', criteria: ['z', 'y'] },
      'Only this\n\n## Acceptance Criteria\n\n- [x] z\n- [ ] y',
    ],
  ])('%s, and the second time changes nothing', (_what, edit, note) => {
    const first = plan({}, edit)
    const second = plan({ note }, edit)

    expect(first.columns).toEqual({ note })
    expect(first.changedFields).toEqual(['note'])
    expect(second.columns).toEqual({})
    expect(second.logs).toEqual([])
  })

  test('in another format stays byte for byte if text and criteria stay', () => {
    const odd = '* [X] a\n\nWhy.\r\n\r\n\r\n- [ ] b'

    expect(plan({ note: odd }, { description: 'Why.', criteria: ['a', 'b'] }).columns).toEqual({})
  })

  test('is logged before and after', () => {
    const [log] = plan({}, { note: 'New' }).logs

    expect(log).toMatchObject({ kind: 'note', title: 'SHOP-1 · Note Updated', engine: 'codex' })
    expect(JSON.parse(log?.detail ?? '')).toEqual({
      type: 'task.note_change',
      version: 1,
      taskKey: 'SHOP-1',
      taskTitle: 'Fix the till',
      previousNote: task.note,
      updatedNote: 'New',
    })
  })

  test('too long for a log is logged without its text', () => {
    const [log] = plan({ note: '"'.repeat(50_000) }, { note: '\n'.repeat(49_000).concat('x') }).logs

    expect(log).toMatchObject({ kind: 'note', detail: null })
  })

  test('that would grow over 50,000 characters is refused', () => {
    expect(() => plan({}, { description: 'x'.repeat(50_000) })).toThrowError(
      expect.objectContaining({ code: 'invalid' }),
    )
  })
})

describe('logs', () => {
  test('have a fixed order', () => {
    const planned = plan(
      {},
      {
        status: 'hold',
        priority: 'high',
        note: 'x',
        result: { summary: 's' },
        comment: 'c',
      },
    )

    expect(planned.logs.map((log) => log.kind)).toEqual(['status', 'fields', 'note', 'result', 'comment'])
    expect(planned.logs[0]?.title).toBe('SHOP-1 · Todo -> Hold')
  })

  test('of a result contain every part', () => {
    const [, log] = plan(
      {},
      {
        lifecycle: 'complete',
        result: {
          summary: ' Done.\n\nReally. ',
          tests: 'green',
          prUrl: 'https://github.com/ada/shop/pull/7',
          notes: ' ',
          checks: 'lint',
        },
      },
    ).logs

    expect(log).toEqual({
      kind: 'result',
      title: 'PREQSTATION Result · Fix the till',
      engine: 'codex',
      detail: [
        '**SHOP-1** · Fix the till',
        'Done.\n\nReally.',
        '**Tests:** green',
        '**PR:** [https://github.com/ada/shop/pull/7](https://github.com/ada/shop/pull/7)',
        '**Checks:** lint',
        '---\nEngine: codex · Completed: 2026-11-24T09:00:00.000Z · Source: laptop',
      ].join('\n\n'),
      data: {
        summary: ' Done.\n\nReally. ',
        tests: 'green',
        prUrl: 'https://github.com/ada/shop/pull/7',
        notes: ' ',
        checks: 'lint',
      },
    })
  })

  test.each<[string, Partial<Task>, TaskEdit, object]>([
    [
      'a plan',
      { status: 'inbox' },
      { lifecycle: 'plan', plan: 'p', result: {} },
      { kind: 'plan', title: 'PREQSTATION Plan · Fix the till' },
    ],
    [
      'a plan without an action',
      {},
      { plan: 'p', result: {} },
      { kind: 'plan', title: 'PREQSTATION Plan · Fix the till' },
    ],
    [
      'a block',
      {},
      { lifecycle: 'block', result: { blockedReason: 'No key.' } },
      {
        kind: 'blocked',
        title: 'PREQSTATION Result · Fix the till',
        detail: expect.stringContaining('**Blocked reason:** No key.'),
      },
    ],
    ['a bare result', {}, { result: { summary: 'x' } }, { kind: 'result' }],
    [
      'a result with a new title',
      {},
      { title: 'Better', result: {} },
      { title: 'PREQSTATION Result · Better' },
    ],
    [
      'the engine of the edit first',
      {},
      { engine: 'gemini-cli', result: { engine: 'claude-code' } },
      { engine: 'gemini-cli' },
    ],
    ['then that of the result', {}, { result: { engine: 'claude-code' } }, { engine: 'claude-code' }],
    ['then that of the task', {}, { result: {} }, { engine: 'codex' }],
  ])('of %s', (_what, from, edit, log) => {
    expect(plan(from, edit).logs.at(-1)).toMatchObject(log)
  })

  test('of a long title are cut at a word', () => {
    const title = `${'word '.repeat(35)}end`
    const [log] = plan({ title }, { result: {} }).logs

    expect([...(log?.title ?? '')].length).toBeLessThanOrEqual(180)
    expect(log?.title).toMatch(/word…$/)
  })

  test('of a comment contain its text', () => {
    expect(plan({}, { comment: ' Use the blue one. ' }).logs).toEqual([
      { kind: 'comment', title: 'Agent comment · SHOP-1', detail: 'Use the blue one.', engine: 'codex' },
    ])
  })
})

describe('a project that wants pull requests', () => {
  const deploy = toDeploySettings(
    toProjectSettings({ deploy_strategy: 'feature_branch', deploy_auto_pr: 'true' }),
  )
  const prUrl = 'https://github.com/ada/shop/pull/7'

  test.each<[string, Partial<Task>, TaskEdit, string]>([
    ['a pull request', {}, { lifecycle: 'complete' }, 'Missing: pull request URL.'],
    [
      'a branch',
      { branch: null },
      { lifecycle: 'complete', result: { prUrl } },
      'Missing: feature branch name.',
    ],
    ['both', {}, { status: 'ready', branch: '' }, 'Missing: feature branch name, pull request URL.'],
  ])('accepts nothing as ready that lacks %s', (_what, from, edit, message) => {
    const attempt = () => plan(from, { ...edit, strictReady: true }, { deploy })

    expect(attempt).toThrowError(message)
    expect(attempt).toThrowError('feature_branch + auto_pr + commit_on_review')
    expect(attempt).toThrowError(expect.objectContaining({ code: 'conflict' }))
  })

  test('accepts delivered work', () => {
    const edit: TaskEdit = { lifecycle: 'complete', result: { prUrl }, strictReady: true }

    expect(plan({}, edit, { deploy }).columns.status).toBe('ready')
    expect(plan({ branch: null }, { ...edit, branch: 'b' }, { deploy }).columns.status).toBe('ready')
  })

  test('lets the owner move a card to ready anyway', () => {
    expect(plan({}, { status: 'ready' }, { deploy }).columns.status).toBe('ready')
  })

  test.each([
    { deploy_strategy: 'direct_commit', deploy_auto_pr: 'true' },
    { deploy_strategy: 'feature_branch', deploy_auto_pr: 'false' },
    { deploy_strategy: 'feature_branch', deploy_auto_pr: 'true', deploy_commit_on_review: 'false' },
  ])('checks nothing under %j', (settings) => {
    const planned = plan(
      {},
      { lifecycle: 'complete', strictReady: true },
      { deploy: toDeploySettings(toProjectSettings(settings)) },
    )

    expect(planned.columns.status).toBe('ready')
  })
})
