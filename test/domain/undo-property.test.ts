import { asc } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ProjectRow, tasks } from '../../src/db/schema.ts'
import { createTask } from '../../src/domain/tasks/create.ts'
import { editTask, placeTask } from '../../src/domain/tasks/edit.ts'
import { listTasks } from '../../src/domain/tasks/list.ts'
import { moveToProject } from '../../src/domain/tasks/move-project.ts'
import { deleteTask } from '../../src/domain/tasks/remove.ts'
import type { TaskEdit } from '../../src/domain/tasks/schemas.ts'
import { taskPriorities, taskStatuses } from '../../src/domain/tasks/task.ts'
import { undoChange } from '../../src/domain/undo.ts'
import { type Board, openBoard } from '../support/board.ts'
import { addProject, addTask } from '../support/tasks.ts'

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

const card = fc.nat(5)
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
      key: fc.constantFrom('SHOP', 'BARN'),
    }),
  },
)

const state = async () => {
  const all = await listTasks(board.scope, {})
  return all.map(({ updatedAt: _, ...task }) => task)
}

const take = async (step: Step): Promise<string | null> => {
  const cards = await board.db
    .select({ id: tasks.id, status: tasks.status })
    .from(tasks)
    .orderBy(asc(tasks.id))
  const pick = (nth: number) => cards[nth % Math.max(cards.length, 1)]
  if (step.kind === 'create') {
    const draft = { projectId: shop.id, title: step.title, status: step.status }
    return (await createTask(board.ctx, draft)).auditId
  }
  const chosen = pick(step.card)
  if (chosen === undefined) return null
  switch (step.kind) {
    case 'edit':
      return (await editTask(board.ctx, chosen.id, step.edit)).auditId
    case 'place': {
      const anchor = pick(step.anchor) ?? chosen
      const place = step.before ? { before: anchor.id } : { after: anchor.id }
      return (await placeTask(board.ctx, chosen.id, { status: anchor.status, place })).auditId
    }
    case 'delete':
      return (await deleteTask(board.ctx, chosen.id)).auditId
    case 'project':
      return (await moveToProject(board.ctx, chosen.id, step.key)).auditId
  }
}

it('any changes of the owner, undone one by one, give back each state before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      await board.db.delete(tasks)
      for (const title of ['p', 'q', 'r'])
        await addTask(board, shop, { title, status: 'todo', labels: ['a'] })
      const taken: { auditId: string; before: unknown }[] = []
      for (const step of steps) {
        board.clock.advance({ minutes: 1 })
        const before = await state()
        const auditId = await take(step)
        if (auditId !== null) taken.push({ auditId, before })
        else expect(await state()).toEqual(before)
      }

      for (const { auditId, before } of taken.reverse()) {
        board.clock.advance({ minutes: 1 })
        await undoChange(board.ctx, auditId)

        expect(await state()).toEqual(before)
      }
    }),
    { numRuns: 25, interruptAfterTimeLimit: 45_000 },
  )
}, 90_000)
