import { asc, inArray, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProjectRow } from '../../../src/db/schema.ts'
import { createToken, listTokens } from '../../../src/domain/access/tokens.ts'
import { DomainError } from '../../../src/domain/core/errors.ts'
import { taskPriorities, taskStatuses } from '../../../src/domain/core/task-values.ts'
import {
  createLabel,
  deleteLabel,
  mergeLabels,
  recolorLabel,
  renameLabel,
} from '../../../src/domain/labels/label-edits.ts'
import { listLabels } from '../../../src/domain/labels/labels.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject, editProject, restoreProject } from '../../../src/domain/projects/edit.ts'
import type { ProjectEdit } from '../../../src/domain/projects/schemas.ts'
import { type ProjectSettingsPatch, setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { readSettings } from '../../../src/domain/projects/stored-settings.ts'
import type { SettingsPatch } from '../../../src/domain/settings/setting-specs.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { editTasks } from '../../../src/domain/tasks/edit/edit-many.ts'
import { moveToProject } from '../../../src/domain/tasks/edit/move-project.ts'
import { placeTask } from '../../../src/domain/tasks/edit/place.ts'
import { listTasks } from '../../../src/domain/tasks/lists/list.ts'
import { deleteTask } from '../../../src/domain/tasks/removal/remove.ts'
import type { TaskEdit } from '../../../src/domain/tasks/schemas.ts'
import type { Task } from '../../../src/domain/tasks/task.ts'
import { createWorkLog } from '../../../src/domain/tasks/work-logs.ts'
import { lastChange, undoChange } from '../../../src/domain/undo/undo.ts'
import { setProjectTopic } from '../../../src/telegram/store/project-topics.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { emptyTables } from '../../support/empty.ts'
import { addProject, addTask } from '../../support/tasks.ts'

let board: Board
let shop: ProjectRow
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  await addProject(board, 'BARN')
})
afterAll(() => board.close())

type Step =
  | { readonly kind: 'create'; readonly title: string; readonly status: (typeof taskStatuses)[number] }
  | { readonly kind: 'edit'; readonly card: number; readonly edit: TaskEdit }
  | { readonly kind: 'place'; readonly card: number; readonly anchor: number; readonly before: boolean }
  | { readonly kind: 'delete'; readonly card: number }
  | { readonly kind: 'project'; readonly card: number; readonly key: string }
  | { readonly kind: 'many'; readonly cards: readonly number[]; readonly edit: TaskEdit }
  | {
      readonly kind: 'label'
      readonly what: (typeof labelChanges)[number]
      readonly label: number
      readonly name: string
    }
  | { readonly kind: 'project-edit'; readonly key: string; readonly edit: ProjectEdit }
  | { readonly kind: 'project-settings'; readonly key: string; readonly patch: ProjectSettingsPatch }
  | { readonly kind: 'project-delete' | 'project-restore'; readonly key: string }
  | { readonly kind: 'project-create'; readonly name: string }
  | { readonly kind: 'settings'; readonly patch: SettingsPatch }
  | { readonly kind: 'topic'; readonly key: string; readonly threadId: number | null }
  | { readonly kind: 'token' }
  | { readonly kind: 'log'; readonly card: number; readonly title: string }

const labelChanges = ['create', 'rename', 'color', 'merge', 'delete'] as const

const card = fc.nat(5)
const key = fc.constantFrom('SHOP', 'BARN')
const status = fc.constantFrom(...taskStatuses)
const title = fc.constantFrom('One', 'Two', 'Drei', '넷')
const labels = fc.subarray(['a', 'B', 'c']).chain((some) => fc.shuffledSubarray(some))
const change: fc.Arbitrary<TaskEdit> = fc.oneof(
  fc.record({ status }),
  fc.record({ status, runState: fc.constantFrom('queued' as const, null) }),
  fc.record(
    {
      title,
      priority: fc.constantFrom(...taskPriorities),
      engine: fc.constantFrom('codex' as const, 'claude-code' as const, null),
      branch: fc.constantFrom('x', ''),
      labels,
      focus: fc.boolean(),
      dueAt: fc.constantFrom(new Date('2026-12-01T08:00:00.000Z'), null),
    },
    { requiredKeys: [] },
  ),
  fc.record({ note: fc.constantFrom('Text\n\n- [ ] a', '', null) }),
  fc.record({ description: title, criteria: fc.subarray(['a', 'b']) }),
  fc.record({ runState: fc.constantFrom('queued' as const, null) }),
  fc.record({ comment: title }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create' as const), title, status }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('edit' as const), card, edit: change }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('place' as const), card, anchor: card, before: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), card }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('project' as const),
      card,
      key,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('many' as const),
      cards: fc.uniqueArray(card, { minLength: 1, maxLength: 3 }),
      edit: change,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('label' as const),
      what: fc.constantFrom(...labelChanges),
      label: card,
      name: fc.constantFrom('a', 'd', 'Größe', '급함'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('project-edit' as const),
      key,
      edit: fc.record(
        {
          name: title,
          description: fc.constantFrom('Why', null),
          status: fc.constantFrom('active' as const, 'paused' as const),
          priority: fc.integer({ min: 1, max: 5 }),
          repoUrl: fc.constantFrom('ada/shop', null),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('project-settings' as const),
      key,
      patch: fc.record(
        {
          deploy_strategy: fc.constantFrom('none', 'direct_commit'),
          deploy_auto_pr: fc.constantFrom('true', 'false'),
          agent_instructions: fc.constantFrom('Be kind.', null),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('project-delete' as const, 'project-restore' as const),
      key,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('project-create' as const), name: title }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('settings' as const),
      patch: fc.record(
        {
          timeZone: fc.constantFrom('Asia/Seoul', 'Europe/Berlin', null),
          digestTime: fc.constantFrom('07:30', '09:00'),
          quietHours: fc.constantFrom('22:00-07:00', null),
          notifyInfo: fc.constantFrom('loud' as const, 'off' as const),
          mutedProjects: fc.subarray(['BARN', 'SHOP']),
          defaultProject: fc.constant(null),
          staleAfterMinutes: fc.constantFrom(10, 30),
          runner: fc.constantFrom('openclaw' as const, 'none' as const),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('topic' as const), key, threadId: fc.constantFrom(7, 8, null) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('token' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('log' as const), card, title }) },
)

/** All that the owner can change, but for its trails and times. */
const state = async () => {
  const all = await board.db.query.tasks.findMany({ orderBy: (row) => asc(row.id) })
  const projects = await board.db.query.projects.findMany({ orderBy: (row) => asc(row.projectKey) })
  const logs = await board.db.query.workLogs.findMany({ orderBy: (row) => asc(row.id) })
  return {
    tasks: all.map(({ updatedAt: _, ...task }) => task),
    labelsOn: await board.db.query.taskLabelAssignments.findMany({
      columns: { id: false, createdAt: false },
      orderBy: (row) => [asc(row.taskId), asc(row.position)],
    }),
    labels: await listLabels(board.scope),
    // A project that was made and taken back is hidden, as a deleted one is, so that its key is not given twice.
    projects: projects.flatMap(({ updatedAt: _, deletedAt, ...project }) =>
      deletedAt !== null && !lasting.includes(project.projectKey)
        ? []
        : [{ ...project, isDeleted: deletedAt !== null }],
    ),
    projectSettings: await Promise.all(
      lasting.map((key) =>
        readSettings(board.db, projects.find(({ projectKey }) => projectKey === key)?.id ?? ''),
      ),
    ),
    settings: await readOwnerSettings(board.scope),
    tokens: (await listTokens(board.scope)).filter(({ revokedAt }) => revokedAt === null),
    // Those that changes leave of themselves are a trail.
    logs: logs.filter(({ title }) => title.startsWith('Comment') || title.startsWith('By hand')),
  }
}
const lasting = ['SHOP', 'BARN']

const take = async (step: Step): Promise<string | null> => {
  const { ctx } = board
  const cards = (await listTasks(board.scope, {})).sort((left, right) => (left.id < right.id ? -1 : 1))
  const pick = (nth: number) => cards[nth % Math.max(cards.length, 1)]
  switch (step.kind) {
    case 'create': {
      const draft = {
        projectId: shop.id,
        title: step.title,
        status: step.status,
        labels: ['made', step.title],
      }
      return (await createTask(ctx, draft)).auditId
    }
    case 'many': {
      const ids = new Set(step.cards.flatMap((nth) => pick(nth)?.id ?? []))
      const edits = [...ids].map((reference) => ({ reference, edit: step.edit }))
      return (await editTasks(ctx, edits)).auditId
    }
    case 'label':
      return changeLabel(step)
    case 'project-edit':
      return (await editProject(ctx, step.key, step.edit)).auditId
    case 'project-settings':
      return (await setProjectSettings(ctx, step.key, step.patch)).auditId
    case 'project-delete':
      return (await deleteProject(ctx, step.key)).auditId
    case 'project-restore':
      return (await restoreProject(ctx, step.key)).auditId
    case 'project-create': {
      made += 1
      await createProject(ctx, { key: `NEW${made}`, name: step.name })
      return (await lastChange(board.scope))?.id ?? null
    }
    case 'settings':
      return (await changeSettings(ctx, step.patch)).auditId
    case 'topic':
      return (await setProjectTopic(ctx, step.key, step.threadId)).auditId
    case 'token':
      await createToken(ctx, { name: 'laptop' })
      return (await lastChange(board.scope))?.id ?? null
    default:
      return changeCard(step, pick)
  }
}
let made = 0

async function changeLabel({ what, label, name }: Extract<Step, { kind: 'label' }>): Promise<string | null> {
  const { ctx } = board
  const all = await listLabels(board.scope)
  const { id } = all[label % Math.max(1, all.length)] ?? { id: '' }
  const other = all[(label + 1) % Math.max(1, all.length)]?.id ?? ''
  switch (what) {
    case 'create':
      return (await createLabel(ctx, { name })).auditId
    case 'rename':
      return (await renameLabel(ctx, id, name)).auditId
    case 'color':
      return (await recolorLabel(ctx, id, 'red')).auditId
    case 'merge':
      return (await mergeLabels(ctx, id, other)).auditId
    case 'delete':
      return (await deleteLabel(ctx, id)).auditId
  }
}

async function changeCard(
  step: Extract<Step, { kind: 'edit' | 'place' | 'delete' | 'project' | 'log' }>,
  pick: (nth: number) => Task | undefined,
): Promise<string | null> {
  const { ctx } = board
  const chosen = pick(step.card)
  if (chosen === undefined) return null
  switch (step.kind) {
    case 'edit':
      return (await editTask(ctx, chosen.id, step.edit)).auditId
    case 'place': {
      const anchor = pick(step.anchor) ?? chosen
      const place = step.before ? { before: anchor.id } : { after: anchor.id }
      return (await placeTask(ctx, chosen.id, { status: anchor.status, place })).auditId
    }
    case 'delete':
      return (await deleteTask(ctx, chosen.id)).auditId
    case 'project':
      return (await moveToProject(ctx, chosen.id, step.key)).auditId
    case 'log':
      await createWorkLog(ctx, { task: chosen.key, title: `By hand: ${step.title}` })
      return (await lastChange(board.scope))?.id ?? null
  }
}

/** What the board refuses is no change. */
async function takeOrNot(step: Step): Promise<string | null> {
  try {
    return await take(step)
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

async function begin(): Promise<void> {
  await emptyTables(board.db, ['tasks', 'task_labels', 'work_logs', 'project_settings'])
  await board.db.execute(sql`delete from user_settings`)
  await board.db.execute(sql`update projects set deleted_at = null`)
  for (const title of ['p', 'q', 'r']) await addTask(board, shop, { title, status: 'todo', labels: ['a'] })
}

// UNDO_RUNS looks longer.
const runs = Number(process.env.UNDO_RUNS ?? 25)

test(
  'any changes of the owner, undone one by one, give back each state before',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
        await begin()
        const taken: { auditId: string; before: unknown }[] = []
        for (const step of steps) {
          board.clock.advance({ minutes: 1 })
          const before = await state()
          const auditId = await takeOrNot(step)
          if (auditId !== null) taken.push({ auditId, before })
          else expect(await state()).toEqual(before)
        }

        for (const { auditId, before } of taken.reverse()) {
          board.clock.advance({ minutes: 1 })
          expect((await lastChange(board.scope))?.id).toBe(await firstOfBatch(auditId))
          await undoChange(board.ctx, auditId)

          expect(await state()).toEqual(before)
        }
      }),
      { numRuns: runs, interruptAfterTimeLimit: runs * 2_000 },
    )
  },
  runs * 4_000,
)

// What was changed together is undone by any of its entries; /undo finds the last.
async function firstOfBatch(auditId: string): Promise<string | undefined> {
  const last = await lastChange(board.scope)
  const rows = await board.db.query.auditLogs.findMany({
    where: (row) => inArray(row.id, [auditId, last?.id ?? '']),
  })
  const batches = new Set(rows.map(({ meta }) => meta?.batch))
  return batches.size === 1 && rows[0]?.meta?.batch !== undefined ? last?.id : auditId
}
