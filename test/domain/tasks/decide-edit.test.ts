import { getTableName } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { workLogs } from '../../../src/db/schema.ts'
import type { Actor } from '../../../src/domain/core/actor.ts'
import type { Write } from '../../../src/domain/core/commit/writes.ts'
import { createRedactor } from '../../../src/domain/core/redactor.ts'
import { type TaskStatus, taskStatuses } from '../../../src/domain/core/task-values.ts'
import { toDeploySettings, toProjectSettings } from '../../../src/domain/projects/project-settings.ts'
import type { OpenQuestion } from '../../../src/domain/questions/question.ts'
import type { Run } from '../../../src/domain/runs/store.ts'
import { type DecidedEdit, decideEdit } from '../../../src/domain/tasks/edit/decide-edit.ts'
import type { EditState } from '../../../src/domain/tasks/edit/edit-state.ts'
import { type LifecycleAction, lifecycleActions } from '../../../src/domain/tasks/edit/lifecycle.ts'
import { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { toReport } from '../../../src/domain/work-logs/facts.ts'

const before = new Date('2026-11-23T09:00:00.000Z')
const now = new Date('2026-11-24T09:00:00.000Z')
const agentOf = (name: string) => ({ kind: 'agent', tokenId: `token of ${name}`, name }) as const
const holder = agentOf('laptop')
const other = agentOf('server')
const owner: Actor = { kind: 'owner' }

const run: Run = {
  id: 'r',
  name: holder.name,
  tokenId: holder.tokenId,
  session: null,
  engine: null,
  since: before,
  outcome: null,
  attempt: 1,
  runner: null,
  heartbeatAt: null,
}
const question: OpenQuestion = {
  id: 'q',
  kind: 'block',
  items: [],
  detail: null,
  name: holder.name,
  engine: null,
  runner: null,
  askedAt: before,
  expiresAt: null,
  tool: null,
  draft: null,
  returnsTo: 'todo',
}
const task: Task = {
  id: '00000000-0000-4000-8000-0000000000aa',
  key: 'SHOP-1',
  prefix: 'SHOP',
  number: 1,
  title: 'Fix the till',
  note: 'Why.',
  status: 'todo',
  priority: 'none',
  branch: null,
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
  labels: [{ id: 'l', name: 'Backend', color: 'blue' }],
  project: { id: 'p', key: 'SHOP', name: 'Shop', repoUrl: null, deleted: false },
}
const held: Partial<Task> = { runState: 'running', runStateUpdatedAt: now, lastRun: run }
const deploy = toDeploySettings(toProjectSettings({}))

interface Given {
  readonly actor: Actor
  readonly task?: Partial<Task>
  readonly state?: Partial<EditState>
  readonly edit: TaskEdit
}

function decide({ actor, task: given, state, edit }: Given): DecidedEdit {
  const ctx = { ownerId: 'o', actor, now: () => now, redactor: createRedactor() }
  const whole: EditState = {
    task: { ...task, ...given },
    version: '7',
    deploy,
    detail: null,
    withDetail: false,
    ends: Object.fromEntries(taskStatuses.map((status) => [status, null])),
    laneRows: [],
    timeZone: 'UTC',
    staleAfterMinutes: 30,
    olderPlan: null,
    knownLabels: task.labels,
    openQuestions: [],
    unfetched: [],
    lastOutcome: null,
    ...state,
  }
  return decideEdit(ctx, whole, TaskEdit.parse(edit))
}

const rowNames: Readonly<Record<string, string>> = {
  'update tasks': 'task',
  'insert work_logs': 'log',
  'insert work_log_facts': '',
  'update runs': 'run',
  'insert runs': 'run+',
  'update questions': 'question',
  'insert questions': 'question+',
  'insert task_labels': 'label+',
  'upsert task_label_assignments': 'labeling',
}
const eventNames: Readonly<Record<string, string>> = {
  TASK_STATUS_CHANGED: 'S',
  TASK_UPDATED: 'U',
  WORKLOG_CREATED: 'L',
}

/** The state afterward, rows (`+` is an insert), events and audit entries in one line, or the code of the refusal. */
function outcomeOf(given: Given): string {
  let decided: DecidedEdit
  try {
    decided = decide(given)
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error)
  }
  if ('unchanged' in decided) return 'unchanged'
  const { status, runState } = decided.result.task
  const nameOf = (write: Write) => {
    const name = write.kind === 'statement' ? 'statement' : `${write.kind} ${getTableName(write.table)}`
    return rowNames[name] ?? name
  }
  return [
    [status, runState ?? ''],
    decided.rows.map(nameOf),
    decided.events.map(({ type }) => eventNames[type] ?? type),
    decided.audit.map(({ action }) => action.replace(/^task\./, '')),
  ]
    .map((names) => names.filter((name) => name !== '').join(' '))
    .join(' | ')
}

const lifecycle = (action: LifecycleAction): TaskEdit => ({
  lifecycle: action,
  ...(action === 'plan' ? { plan: 'The plan.' } : {}),
  ...(action === 'complete' || action === 'review' ? { result: { summary: 'Works.' } } : {}),
  ...(action === 'block' ? { result: { blockedReason: 'Which one?' } } : {}),
})

describe('an action of an agent or the owner', () => {
  type Cells = readonly [holder: string, free: string, owner: string]
  const heartbeats = (status: TaskStatus): Cells => [
    `${status} running | task | U | heartbeat`,
    `${status} running | task run+ | U | start`,
    `${status} running | task run+ | U | start`,
  ]
  const closes = (action: 'complete' | 'review', to: TaskStatus): Cells => [
    `${to} | task log log run | S U L L | ${action}`,
    `${to} | task log log | S L L | ${action}`,
    `${to} | task log log | S L L | ${action}`,
  ]
  const blocks: Cells = [
    'hold | task log log run question+ | S U L L | block',
    'hold | task log log question+ | S L L | block',
    'hold | task log log | S L L | block',
  ]
  // By status: by the agent that works on it, by an agent while nobody does, and by the owner. Anything else is refused.
  const table: Record<LifecycleAction, Partial<Record<TaskStatus, Cells>>> = {
    start: {
      inbox: heartbeats('inbox'),
      todo: heartbeats('todo'),
      hold: heartbeats('hold'),
      ready: heartbeats('ready'),
    },
    plan: {
      inbox: [
        'todo | task log log log run question+ | S U L L L | plan',
        'todo | task log log log question+ | S U L L L | plan',
        'todo | task log log | S U L L | plan',
      ],
      todo: [
        'todo | task log log run question+ | U L L | plan',
        'todo | task log log question+ | U L L | plan',
        'todo | task log | U L | plan',
      ],
      hold: [
        'hold | task log log run | U L L | plan',
        'hold | task log log | U L L | plan',
        'hold | task log | U L | plan',
      ],
    },
    complete: {
      inbox: ['ready | task log log run | S U L L | complete', 'conflict', 'conflict'],
      todo: closes('complete', 'ready'),
      hold: closes('complete', 'ready'),
    },
    review: { ready: closes('review', 'done') },
    block: {
      inbox: blocks,
      todo: blocks,
      hold: [
        'hold | task log run question+ | U L | block',
        'hold | task log question+ | L | block',
        'hold | task log | L | block',
      ],
      ready: blocks,
    },
  }
  const cases = lifecycleActions.flatMap((action) =>
    taskStatuses.map((status) => {
      const cells = table[action][status] ?? (['conflict', 'conflict', 'conflict'] as const)
      return [action, status, ...cells] as const
    }),
  )

  test.each(cases)('%s from %s by its holder: %s; by a free agent: %s; by the owner: %s', (...row) => {
    const [action, status, ...cells] = row
    const edit = lifecycle(action)
    const running = { ...held, status }

    const outcomes = [
      outcomeOf({ actor: holder, task: running, edit }),
      outcomeOf({ actor: other, task: { status }, edit }),
      outcomeOf({ actor: owner, task: { status }, edit }),
    ]

    expect(outcomes).toEqual(cells)
    expect(() => decide({ actor: other, task: running, edit })).toThrow('laptop has been working on SHOP-1')
  })

  test.each<[minutes: number, expected: string]>([
    [29, 'conflict'],
    [30, 'todo running | task run run+ | U | start'],
    [31, 'todo running | task run run+ | U | start'],
  ])('a start after %i silent minutes of another: %s', (minutes, expected) => {
    const runStateUpdatedAt = new Date(now.getTime() - minutes * 60_000)
    const running = { ...held, runStateUpdatedAt }
    const edit = lifecycle('start')

    expect(outcomeOf({ actor: other, task: running, edit })).toBe(expected)
    expect(outcomeOf({ actor: other, task: { ...running, question }, edit })).toBe('conflict')
  })

  test.each(['stopped', 'taken-over'] as const)(
    'a report after its run was %s is kept as a comment',
    (lastOutcome) => {
      const late = {
        actor: holder,
        task: { lastRun: { ...run, outcome: lastOutcome } },
        state: { lastOutcome },
      }
      const edit = lifecycle('complete')

      const { result } = decide({ ...late, edit })

      expect(outcomeOf({ ...late, edit })).toBe('todo | task log | L | comment')
      expect(result.refused).toMatchObject({ code: 'conflict', facts: { stopped: true } })
      expect(outcomeOf({ ...late, edit: { lifecycle: 'complete' } })).toBe('conflict')
    },
  )

  test('a repeated report changes nothing, another one is refused', () => {
    const latestResult = {
      ...toReport({ summary: 'Works.' }),
      kind: 'result',
      author: 'agent:laptop',
      title: '',
      detail: null,
    } as const
    const facts = {
      deploy,
      feedback: [],
      agentInstructions: null,
      artifacts: [],
      noteUpdated: null,
      boardLabels: [],
    }
    const reported = { status: 'ready', lastRun: { ...run, outcome: 'completed' } } as const
    const detail = { ...task, ...reported, ...facts, latestResult: { ...latestResult, workedAt: before } }
    const given = { actor: holder, task: reported, state: { detail } }

    expect(outcomeOf({ ...given, edit: lifecycle('complete') })).toBe('unchanged')
    expect(outcomeOf({ ...given, edit: { lifecycle: 'complete', result: { summary: 'Else.' } } })).toBe(
      'conflict',
    )
  })

  test('a token without the right to close tasks may review only what it was asked to', () => {
    const actor = { ...holder, rights: 'work' } as const
    const edit = lifecycle('review')

    expect(outcomeOf({ actor, task: { status: 'ready' }, edit })).toBe('forbidden')
    expect(outcomeOf({ actor, task: { ...held, status: 'ready' }, edit })).toMatch(/^done /)
    expect(outcomeOf({ actor, task: held, edit: { status: 'archived' } })).toBe('forbidden')
  })

  test('an agent’s words lose their secrets, the owner’s don’t', () => {
    const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
    const edit = { comment: `Use ${token}` }

    const logOf = (actor: Actor) =>
      decide({ actor, edit }).rows?.find((row) => row.kind === 'insert' && row.table === workLogs)
    expect(logOf(holder)).toMatchObject({ row: { detail: expect.not.stringContaining(token) } })
    expect(logOf(owner)).toMatchObject({ row: { detail: edit.comment } })
  })

  test('a change is guarded by the version, and its times come from the clock', () => {
    const { actor, edit } = { actor: holder, edit: lifecycle('complete') }

    const decided = decide({ actor, edit, task: held })

    if ('unchanged' in decided) throw new Error('nothing changed')
    const [taskRow] = decided.rows
    const sortOrder = decided.result.task.sortOrder
    expect(taskRow).toMatchObject({
      key: { id: task.id },
      version: '7',
      set: { status: 'ready', runState: null, runStateUpdatedAt: null, sortOrder, updatedAt: now },
    })
    expect(decided.rows.at(-1)).toMatchObject({
      key: { id: run.id },
      set: { outcome: 'completed', endedAt: now },
    })
    expect(decided.audit[0].meta).toMatchObject({
      before: { status: 'todo', runState: 'running' },
      after: { status: 'ready', runState: null },
    })
    expect(decided.result.before).toEqual({ ...task, ...held })
  })
})

describe('an edit by the owner', () => {
  const running = { ...held }
  const queued: Partial<Task> = { runState: 'queued', runStateUpdatedAt: before }
  test.each<[what: string, given: Partial<Task>, edit: TaskEdit, expected: string]>([
    ['a move', {}, { status: 'done' }, 'done | task log | S L | move'],
    ['a move that stops a run', running, { status: 'done' }, 'done | task log run | S U L | move'],
    ['queueing', {}, { runState: 'queued' }, 'todo queued | task | U | queue'],
    ['taking back', queued, { runState: null }, 'todo | task | U | release'],
    ['stopping', running, { runState: null }, 'todo | task run | U | stop'],
    ['a comment', {}, { comment: 'Soon?' }, 'todo | task log | L | comment'],
    ['a title', {}, { title: 'Fix it' }, 'todo | task log | U L | edit'],
    [
      'a new label',
      {},
      { labels: ['Backend', 'ux'] },
      'todo | task label+ labeling labeling log | U L | edit label.create',
    ],
    [
      'a move that ends a question',
      { question },
      { status: 'done' },
      'done | task log question | S L | move',
    ],
    ['an unexpected status', {}, { status: 'done', expect: { status: 'ready' } }, 'conflict'],
    ['an unexpected run', queued, { runState: null, expect: { runState: 'running' } }, 'conflict'],
  ])('%s', (_what, given, edit, expected) => {
    const state = given.question ? { openQuestions: ['q'] } : {}

    expect(outcomeOf({ actor: owner, task: given, state, edit })).toBe(expected)
  })

  test.each<TaskEdit>([
    {},
    { status: 'todo' },
    { title: 'Fix the till' },
    { note: 'Why.' },
    { priority: 'none' },
    { engine: 'codex' },
    { branch: '' },
    { dueAt: null },
    { focus: false },
    { labels: ['backend'] },
    { runState: null },
    { snoozedUntil: null },
    { comment: ' ' },
  ])('changes nothing if the task is so already: %j', (edit) => {
    expect(outcomeOf({ actor: owner, edit })).toBe('unchanged')
  })
})
