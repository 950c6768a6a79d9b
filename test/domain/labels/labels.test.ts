import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { taskLabelAssignments, taskLabels, tasks } from '../../../src/db/schema.ts'
import {
  createLabel,
  deleteLabel,
  mergeLabels,
  recolorLabel,
  renameLabel,
} from '../../../src/domain/labels/label-edits.ts'
import { countLabelled, labelCounts, listLabels } from '../../../src/domain/labels/labels.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

let board: Board
let projectId: string
beforeAll(async () => {
  board = await openBoard()
  projectId = (await createProject(board.ctx, { key: 'LAB', name: 'Lab' })).id
})
afterAll(() => board.close())

const row = async (id: string) => (await board.db.select().from(taskLabels).where(eq(taskLabels.id, id)))[0]
const labeled = async (...labels: string[]) =>
  (await createTask(board.ctx, { projectId, title: labels.join(' '), labels })).task
const namesOn = async (taskId: string) =>
  (await requireTask(board.scope, taskId)).labels.map((label) => label.name)
/** What the task's own column says, and the positions of its labels. */
const mirror = async (taskId: string) => {
  const [task] = await board.db.select({ labelId: tasks.labelId }).from(tasks).where(eq(tasks.id, taskId))
  const assigned = await board.db
    .select({ labelId: taskLabelAssignments.labelId, position: taskLabelAssignments.position })
    .from(taskLabelAssignments)
    .where(eq(taskLabelAssignments.taskId, taskId))
    .orderBy(asc(taskLabelAssignments.position))
  return { first: task?.labelId ?? null, assigned }
}

describe('creating a label', () => {
  test('stores it with an audit entry and no event', async () => {
    const changes = await recordChanges(board.db)

    const { label, auditId } = await createLabel(board.ctx, { name: ' Backend ', color: 'teal' })

    expect(await row(label.id)).toMatchObject({ name: 'Backend', color: 'teal', ownerId: board.ownerId })
    expect(await changes()).toMatchObject({
      events: [],
      audit: [{ id: auditId, action: 'label.create', targetType: 'label', targetId: label.id }],
    })
  })

  test('refuses a name that exists in another case', async () => {
    await createLabel(board.ctx, { name: 'Taken' })
    const changes = await recordChanges(board.db)

    await expect(createLabel(board.ctx, { name: 'tAKEN' })).rejects.toMatchObject({ code: 'in-use' })
    expect(await changes()).toEqual(noChanges)
  })

  test.each([
    ['a blank name', { name: ' ' }],
    ['a name of 41 characters', { name: 'x'.repeat(41) }],
    ['a colour nobody knows', { name: 'x', color: 'mauve' }],
    ['a short hexadecimal colour', { name: 'x', color: '#fff' }],
  ])('refuses %s', async (_, input) => {
    await expect(createLabel(board.ctx, input)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('renaming and recoloring a label', () => {
  test('changes it and records both states', async () => {
    const { label } = await createLabel(board.ctx, { name: 'Old', color: 'red' })
    const task = await labeled('old')
    const changes = await recordChanges(board.db)

    const renamed = await renameLabel(board.ctx, 'OLD', 'New')
    const recolored = await recolorLabel(board.ctx, label.id, '#0aF1bc')

    expect(recolored.label).toEqual({ id: label.id, name: 'New', color: '#0aF1bc' })
    expect(await row(label.id)).toMatchObject({ name: 'New', color: '#0aF1bc' })
    expect(await namesOn(task.id)).toEqual(['New'])
    expect(await changes()).toMatchObject({
      events: [],
      audit: [
        {
          id: renamed.auditId,
          action: 'label.rename',
          meta: { before: { name: 'Old' }, after: { name: 'New' } },
        },
        {
          id: recolored.auditId,
          action: 'label.color',
          meta: { before: { color: 'red' }, after: { color: '#0aF1bc' } },
        },
      ],
    })
  })

  test('can change the case of a name alone', async () => {
    const { label } = await createLabel(board.ctx, { name: 'casing' })

    expect((await renameLabel(board.ctx, label.id, 'Casing')).label.name).toBe('Casing')
  })

  test('refuses a name that another label has, and an unknown color', async () => {
    const { label } = await createLabel(board.ctx, { name: 'Mine' })
    await createLabel(board.ctx, { name: 'Theirs' })
    const changes = await recordChanges(board.db)

    await expect(renameLabel(board.ctx, label.id, 'THEIRS')).rejects.toMatchObject({ code: 'in-use' })
    await expect(recolorLabel(board.ctx, label.id, 'mauve')).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })

  test('changes nothing if the values are the same', async () => {
    await createLabel(board.ctx, { name: 'Still', color: 'pink' })
    const changes = await recordChanges(board.db)

    expect((await renameLabel(board.ctx, 'still', 'Still')).auditId).toBeNull()
    expect((await recolorLabel(board.ctx, 'still', 'pink')).auditId).toBeNull()
    expect(await changes()).toEqual(noChanges)
  })

  test('throws not-found for a missing one', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000'
    for (const reference of ['nothing', nobody]) {
      await expect(renameLabel(board.ctx, reference, 'x')).rejects.toMatchObject({ code: 'not-found' })
      await expect(recolorLabel(board.ctx, reference, 'red')).rejects.toMatchObject({ code: 'not-found' })
      await expect(deleteLabel(board.ctx, reference)).rejects.toMatchObject({ code: 'not-found' })
      await expect(mergeLabels(board.ctx, reference, 'Backend')).rejects.toMatchObject({ code: 'not-found' })
      await expect(mergeLabels(board.ctx, 'Backend', reference)).rejects.toMatchObject({ code: 'not-found' })
    }
  })
})

describe('deleting a label', () => {
  test('removes it from its tasks, moves the others up, and records its positions', async () => {
    const task = await labeled('d-one', 'd-two', 'd-three')
    const [one, two, three] = task.labels
    const changes = await recordChanges(board.db)

    const { label, auditId } = await deleteLabel(board.ctx, 'D-ONE')

    expect(label).toEqual(one)
    expect(await row(label.id)).toBeUndefined()
    expect(await mirror(task.id)).toEqual({
      first: two?.id,
      assigned: [
        { labelId: two?.id, position: 0 },
        { labelId: three?.id, position: 1 },
      ],
    })
    expect(await changes()).toMatchObject({
      events: [],
      audit: [
        {
          id: auditId,
          action: 'label.delete',
          targetId: label.id,
          meta: { label: one, lists: { [task.id]: [one?.id, two?.id, three?.id] } },
        },
      ],
    })
  })

  test('leaves a task without labels if it was the only one', async () => {
    const task = await labeled('d-only')

    await deleteLabel(board.ctx, 'd-only')

    expect(await mirror(task.id)).toEqual({ first: null, assigned: [] })
  })
})

describe('merging labels', () => {
  test('replaces one with the other, once on each task', async () => {
    const both = await labeled('m-from', 'm-other', 'm-into')
    const one = await labeled('m-from')
    const changes = await recordChanges(board.db)

    const { label, auditId } = await mergeLabels(board.ctx, 'm-from', 'M-INTO')

    expect(label.name).toBe('m-into')
    expect(await namesOn(both.id)).toEqual(['m-into', 'm-other'])
    expect(await namesOn(one.id)).toEqual(['m-into'])
    expect((await mirror(both.id)).first).toBe(label.id)
    expect((await listLabels(board.scope)).map(({ name }) => name)).not.toContain('m-from')
    expect(await changes()).toMatchObject({
      events: [],
      audit: [
        {
          id: auditId,
          action: 'label.merge',
          targetId: label.id,
          meta: {
            label: { name: 'm-from' },
            into: { name: 'm-into' },
            lists: { [both.id]: both.labels.map(({ id }) => id), [one.id]: one.labels.map(({ id }) => id) },
          },
        },
      ],
    })
  })

  test('refuses a label and itself', async () => {
    await createLabel(board.ctx, { name: 'Self' })
    const changes = await recordChanges(board.db)

    await expect(mergeLabels(board.ctx, 'self', 'SELF')).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })
})

describe('the counts of labels', () => {
  test('count open tasks and all tasks', async () => {
    await labeled('c-used')
    await createTask(board.ctx, { projectId, title: 'Done', status: 'done', labels: ['c-used'] })
    await createLabel(board.ctx, { name: 'c-free' })

    const counts = (await labelCounts(board.scope)).filter(({ name }) => name.startsWith('c-'))

    expect(counts).toMatchObject([
      { name: 'c-free', open: 0 },
      { name: 'c-used', open: 1 },
    ])
    const totals = await Promise.all(counts.map(({ id }) => countLabelled(board.scope, id)))
    expect(totals).toEqual([0, 2])
  })
})
