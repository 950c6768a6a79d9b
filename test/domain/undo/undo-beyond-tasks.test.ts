import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projects } from '../../../src/db/schema.ts'
import { authenticate, createToken, revokeToken } from '../../../src/domain/access/tokens.ts'
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
import { requireProject } from '../../../src/domain/projects/read.ts'
import { getProjectSettings, setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { editTask } from '../../../src/domain/tasks/edit/edit.ts'
import { requireTask } from '../../../src/domain/tasks/read.ts'
import { lastChange, undoChange } from '../../../src/domain/undo/undo.ts'
import { storeBotToken } from '../../../src/telegram/store/bot-token.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

const newProject = (key: string) => createProject(board.ctx, { key, name: key })
const undo = (auditId: string | null) => undoChange(board.ctx, auditId ?? '')
const undoLast = async () => undo((await lastChange(board.scope))?.id ?? null)
const labeled = async (projectId: string, ...labels: string[]) =>
  (await createTask(board.ctx, { projectId, title: labels.join(' '), labels })).task
const namesOn = async (taskId: string) =>
  (await requireTask(board.scope, taskId)).labels.map((label) => label.name)

describe('undoing a change of a project', () => {
  test('restores every field, with an event and an audit entry', async () => {
    await createProject(board.ctx, { key: 'UED', name: 'Before', bgImage: 'https://img.example/1' })
    await editProject(board.ctx, 'UED', { bgImageCredit: { author: 'Bo', license: 'CC0' } })
    const before = await requireProject(board.scope, 'UED')
    const { auditId } = await editProject(board.ctx, 'UED', { name: 'After', bgImage: null, priority: 1 })
    const changes = await recordChanges(board.db)

    expect(await undo(auditId)).toMatchObject({
      entry: { action: 'project.edit', targetId: 'UED' },
      task: null,
    })

    expect(await requireProject(board.scope, 'UED')).toEqual({ ...before, updatedAt: board.clock.now() })
    expect(await changes()).toMatchObject({
      events: [{ type: 'PROJECT_UPDATED', entityId: 'UED' }],
      audit: [{ action: 'undo', targetType: 'project', targetId: 'UED', meta: { undoes: auditId } }],
    })
  })

  test('restores a deleted one, hides a restored one, and hides a new one', async () => {
    await newProject('UDE')
    const { auditId: deleted } = await deleteProject(board.ctx, 'UDE')
    await undo(deleted)
    expect((await requireProject(board.scope, 'UDE')).deletedAt).toBeNull()

    await deleteProject(board.ctx, 'UDE')
    const { auditId: restored } = await restoreProject(board.ctx, 'UDE')
    await undo(restored)
    await expect(requireProject(board.scope, 'UDE')).rejects.toMatchObject({ code: 'not-found' })

    board.clock.advance({ minutes: 1 })
    await newProject('UCR')
    expect(await undoLast()).toMatchObject({ entry: { action: 'project.create', targetId: 'UCR' } })
    await expect(requireProject(board.scope, 'UCR')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('restores its settings', async () => {
    await newProject('USE')
    await setProjectSettings(board.ctx, 'USE', { agent_instructions: 'Be kind.' })
    const before = await getProjectSettings(board.scope, 'USE')
    const { auditId } = await setProjectSettings(board.ctx, 'USE', {
      agent_instructions: 'Be quick.',
      deploy_strategy: 'direct_commit',
    })

    await undo(auditId)

    expect(await getProjectSettings(board.scope, 'USE')).toEqual(before)
  })

  test('is refused if it has changed, or if a new one has tasks', async () => {
    const project = await newProject('UMO')
    board.clock.advance({ minutes: 1 })
    const created = (await lastChange(board.scope))?.id ?? null
    const { auditId: named } = await editProject(board.ctx, 'UMO', { name: 'One' })
    await editProject(board.ctx, 'UMO', { name: 'Two' })
    const { auditId: set } = await setProjectSettings(board.ctx, 'UMO', { deploy_auto_pr: 'true' })
    await setProjectSettings(board.ctx, 'UMO', { deploy_auto_pr: 'false' })
    await createTask(board.ctx, { projectId: project.id, title: 'In it' })
    const changes = await recordChanges(board.db)

    for (const auditId of [created, named, set])
      await expect(undo(auditId)).rejects.toMatchObject({ code: 'conflict' })

    expect(await changes()).toEqual(noChanges)
    const [row] = await board.db.select().from(projects).where(eq(projects.projectKey, 'UMO'))
    expect(row).toMatchObject({ name: 'Two', deletedAt: null })
  })

  test('works once', async () => {
    await newProject('UON')
    const { auditId } = await editProject(board.ctx, 'UON', { name: 'New' })
    await undo(auditId)
    await editProject(board.ctx, 'UON', { name: 'New' })

    await expect(undo(auditId)).rejects.toMatchObject({ code: 'conflict', facts: { undone: true } })
  })
})

describe('undoing a change of a label', () => {
  test('restores name and color', async () => {
    await createLabel(board.ctx, { name: 'u-old', color: 'red' })
    const { auditId: renamed } = await renameLabel(board.ctx, 'u-old', 'u-new')
    const { auditId: recolored } = await recolorLabel(board.ctx, 'u-new', 'teal')

    await undo(recolored)
    await undo(renamed)

    expect(await listLabels(board.scope)).toContainEqual(
      expect.objectContaining({ name: 'u-old', color: 'red' }),
    )
  })

  test('restores a deleted one to its place on every task', async () => {
    const { id } = await newProject('ULD')
    const untouched = await labeled(id, 'ud-a', 'ud-b', 'ud-c')
    const relabeled = await labeled(id, 'ud-b', 'ud-a')
    const { label, auditId } = await deleteLabel(board.ctx, 'ud-b')
    await editTask(board.ctx, relabeled.key, { labels: ['ud-c'] })

    await undo(auditId)

    expect(await namesOn(untouched.id)).toEqual(['ud-a', 'ud-b', 'ud-c'])
    expect(await namesOn(relabeled.id)).toEqual(['ud-b', 'ud-c'])
    expect(await listLabels(board.scope)).toContainEqual(label)
  })

  test('separates two merged ones', async () => {
    const { id } = await newProject('ULM')
    const both = await labeled(id, 'um-from', 'um-x', 'um-into')
    const one = await labeled(id, 'um-from')
    const other = await labeled(id, 'um-into')
    const { auditId } = await mergeLabels(board.ctx, 'um-from', 'um-into')

    await undo(auditId)

    expect(await namesOn(both.id)).toEqual(['um-from', 'um-x', 'um-into'])
    expect(await namesOn(one.id)).toEqual(['um-from'])
    expect(await namesOn(other.id)).toEqual(['um-into'])
  })

  test('is refused if its name is taken or it changed again', async () => {
    await createLabel(board.ctx, { name: 'ug-a' })
    const { auditId: deleted } = await deleteLabel(board.ctx, 'ug-a')
    await createLabel(board.ctx, { name: 'UG-A' })
    await createLabel(board.ctx, { name: 'ug-b' })
    const { auditId: renamed } = await renameLabel(board.ctx, 'ug-b', 'ug-c')
    await renameLabel(board.ctx, 'ug-c', 'ug-d')
    const changes = await recordChanges(board.db)

    await expect(undo(deleted)).rejects.toMatchObject({ code: 'conflict' })
    await expect(undo(renamed)).rejects.toMatchObject({ code: 'conflict' })
    expect(await changes()).toEqual(noChanges)
  })
})

describe('undoing a new label', () => {
  test('deletes it, unless a task has it', async () => {
    const { id } = await newProject('UNL')
    const { label, auditId } = await createLabel(board.ctx, { name: 'un-a' })
    const { label: used, auditId: second } = await createLabel(board.ctx, { name: 'un-b' })
    await labeled(id, 'un-b')

    await undo(auditId)
    await expect(undo(second)).rejects.toMatchObject({ code: 'conflict' })

    const labels = await listLabels(board.scope)
    expect(labels).not.toContainEqual(label)
    expect(labels).toContainEqual(used)
  })

  test('created by a change goes with it, unless another task has it', async () => {
    const { id } = await newProject('UNW')
    const { auditId } = await createTask(board.ctx, { projectId: id, title: 'T', labels: ['un-c', 'un-d'] })
    await labeled(id, 'un-d')

    await undo(auditId)

    const names = (await listLabels(board.scope)).map(({ name }) => name)
    expect(names).not.toContain('un-c')
    expect(names).toContain('un-d')
  })
})

describe('undoing a token', () => {
  test('revokes a new one, once; a revoked one stays revoked', async () => {
    board.clock.advance({ minutes: 1 })
    const { token, row } = await createToken(board.ctx, { name: 'laptop' })
    const created = (await lastChange(board.scope))?.id ?? null

    await undo(created)

    expect(await authenticate(board.db, token, board.clock.now())).toEqual({ ok: false, reason: 'revoked' })
    await expect(undo(created)).rejects.toMatchObject({ code: 'conflict' })

    board.clock.advance({ minutes: 1 })
    const other = await createToken(board.ctx, { name: 'server' })
    const { auditId } = await revokeToken(board.ctx, other.row.id)
    await expect(undo(auditId)).rejects.toMatchObject({ code: 'conflict' })
    expect(await authenticate(board.db, other.token, board.clock.now())).toMatchObject({ reason: 'revoked' })
    expect(row.id).not.toBe(other.row.id)
  })
})

describe('undoing a change of settings', () => {
  test('restores the previous value, even if none was set', async () => {
    await changeSettings(board.ctx, { digestTime: '08:00' })
    const before = await readOwnerSettings(board.scope)
    const { auditId } = await changeSettings(board.ctx, {
      digestTime: '10:00',
      timeZone: 'Asia/Tokyo',
      quietHours: '22:00-07:00',
      mutedProjects: ['UED'],
    })

    await undo(auditId)

    expect(await readOwnerSettings(board.scope)).toEqual(before)
  })

  test('is refused if one of them has changed again', async () => {
    const { auditId } = await changeSettings(board.ctx, { staleAfterMinutes: 10, queuedAfterMinutes: 20 })
    await changeSettings(board.ctx, { staleAfterMinutes: 15 })

    await expect(undo(auditId)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is not offered for what the bot remembers, nor for its token', async () => {
    board.clock.advance({ minutes: 1 })
    const { auditId } = await changeSettings(board.ctx, { notifyInfo: 'off' })
    board.clock.advance({ minutes: 1 })
    await changeSettings(board.ctx, { lastProject: 'UED' })
    const changes = await recordChanges(board.db)
    await storeBotToken(board.ctx, '123456:AAE-abcdefghijklmnopqrstuvwxyz012345', 'k'.repeat(32))
    const [stored] = (await changes()).audit

    expect((await lastChange(board.scope))?.id).toBe(auditId)
    await expect(undo(stored?.id ?? null)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('the last change', () => {
  test('is each of the owner’s changes in turn, of any kind', async () => {
    const { id } = await newProject('ULC')
    board.clock.advance({ minutes: 1 })
    await labeled(id, 'ul-a')
    board.clock.advance({ minutes: 1 })
    await renameLabel(board.ctx, 'ul-a', 'ul-b')
    board.clock.advance({ minutes: 1 })
    await changeSettings(board.ctx, { digestEnabled: false })

    const undone = [await undoLast(), await undoLast()]
    // Taking the rename back changed the label, not the task, which is as it was made.
    undone.push(await undoLast(), await undoLast())

    expect(undone.map(({ entry }) => entry.action)).toEqual([
      'setting.change',
      'label.rename',
      'task.create',
      'project.create',
    ])
  })
})
