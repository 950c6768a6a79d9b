import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projects, tasks, workLogs } from '../../../src/db/schema.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject, editProject, restoreProject } from '../../../src/domain/projects/edit.ts'
import { projectOverview } from '../../../src/domain/projects/overview.ts'
import { findProjectByRepo, listProjects, requireProject } from '../../../src/domain/projects/read.ts'
import { createTask } from '../../../src/domain/tasks/create.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

let board: Board
beforeAll(async () => {
  board = await openBoard()
})
afterAll(() => board.close())

const row = async (key: string) =>
  (await board.db.select().from(projects).where(eq(projects.projectKey, key)))[0]

describe('creating a project', () => {
  test('stores it with an event and an audit entry', async () => {
    const changes = await recordChanges(board.db)

    const project = await createProject(board.ctx, {
      key: 'shop',
      name: ' Web shop ',
      repoUrl: 'https://github.com/ada/shop',
      vercelUrl: 'shop.example.com',
    })

    expect(await row('SHOP')).toEqual(project)
    expect(project).toMatchObject({
      projectKey: 'SHOP',
      name: 'Web shop',
      repoUrl: 'https://github.com/ada/shop',
      vercelUrl: 'https://shop.example.com',
      status: 'active',
      priority: 2,
      deletedAt: null,
      createdAt: board.clock.now(),
    })
    expect(await changes()).toMatchObject({
      events: [
        {
          type: 'PROJECT_CREATED',
          entityId: 'SHOP',
          payload: { name: 'Web shop', fields: ['name', 'repoUrl', 'vercelUrl'], actor: 'owner' },
        },
      ],
      audit: [{ action: 'project.create', targetType: 'project', targetId: 'SHOP' }],
    })
  })

  test('derives a key from the name, and another if that is taken', async () => {
    const first = await createProject(board.ctx, { name: 'Night train' })
    const second = await createProject(board.ctx, { name: 'Night train' })

    expect([first.projectKey, second.projectKey]).toEqual(['NT', 'NIGH'])
  })

  test('gives two concurrent projects different keys', async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, () => createProject(board.ctx, { name: 'Twin peaks' })),
    )

    expect(new Set(made.map((project) => project.projectKey)).size).toBe(5)
  })

  test('refuses a key in use and names its project', async () => {
    await createProject(board.ctx, { key: 'USED', name: 'First' })
    const changes = await recordChanges(board.db)

    const refused = createProject(board.ctx, { key: 'used', name: 'Second' })

    await expect(refused).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('“First”'),
      facts: { key: 'USED', deleted: false },
    })
    expect(await changes()).toEqual(noChanges)
  })

  test('refuses the key of a deleted project and says that it can be restored', async () => {
    await createProject(board.ctx, { key: 'GONE', name: 'Gone' })
    await deleteProject(board.ctx, 'GONE')

    await expect(createProject(board.ctx, { key: 'GONE', name: 'Again' })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('Restore'),
      facts: { deleted: true },
    })
  })

  test.each([
    ['a key of one letter', { key: 'A', name: 'x' }],
    ['a key that begins with a digit', { key: '1AB', name: 'x' }],
    ['a key of eleven letters', { key: 'ABCDEFGHIJK', name: 'x' }],
    ['a blank name', { name: '  ' }],
    ['a name of 121 characters', { name: 'x'.repeat(121) }],
    ['a description that is too long', { name: 'x', description: 'x'.repeat(50_001) }],
    ['priority 6', { name: 'x', priority: 6 }],
    ['an address that is none', { name: 'x', vercelUrl: 'javascript://alert(1)' }],
    ['a NUL in the name', { name: 'a\u0000b' }],
  ])('refuses %s', async (_, input) => {
    await expect(createProject(board.ctx, input)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('editing a project', () => {
  test('changes the given fields, lists them in the event, and records both states', async () => {
    const before = await createProject(board.ctx, { key: 'EDIT', name: 'Before', description: 'Old' })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const { project, auditId } = await editProject(board.ctx, 'edit', { name: 'After', description: '' })

    expect(await row('EDIT')).toEqual(project)
    expect(project).toEqual({
      ...before,
      name: 'After',
      description: null,
      updatedAt: board.clock.now(),
    })
    expect(await changes()).toMatchObject({
      events: [
        {
          type: 'PROJECT_UPDATED',
          entityId: 'EDIT',
          payload: { name: 'After', fields: ['name', 'description'] },
        },
      ],
      audit: [
        {
          id: auditId,
          action: 'project.edit',
          targetId: 'EDIT',
          meta: {
            before: { name: 'Before', description: 'Old' },
            after: { name: 'After', description: null },
          },
        },
      ],
    })
  })

  test('removes a picture’s credit with the picture, and undo restores both', async () => {
    await createProject(board.ctx, { key: 'PIC', name: 'Pic', bgImage: 'https://img.example/1' })
    await editProject(board.ctx, 'PIC', { bgImageCredit: { author: 'Bo' } })

    const { project } = await editProject(board.ctx, 'PIC', { bgImage: 'https://img.example/2' })
    expect(project.bgImageCredit).toBeNull()

    const restored = await editProject(board.ctx, 'PIC', {
      bgImage: 'https://img.example/1',
      bgImageCredit: { author: 'Bo' },
    })
    expect(restored.project).toMatchObject({
      bgImage: 'https://img.example/1',
      bgImageCredit: { author: 'Bo' },
    })
  })

  test('changes nothing if the values are the same', async () => {
    const project = await createProject(board.ctx, { key: 'SAME', name: 'Same' })
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    const edited = await editProject(board.ctx, 'SAME', { name: 'Same', priority: 2, description: null })

    expect(edited).toEqual({ project, auditId: null })
    expect(await row('SAME')).toEqual(project)
    expect(await changes()).toEqual(noChanges)
  })

  test('refuses invalid values', async () => {
    await createProject(board.ctx, { key: 'BAD', name: 'Bad' })
    const changes = await recordChanges(board.db)

    await expect(editProject(board.ctx, 'BAD', { priority: 0 })).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })

  test('throws not-found for a missing or deleted one', async () => {
    await createProject(board.ctx, { key: 'HID', name: 'Hidden' })
    await deleteProject(board.ctx, 'HID')

    await expect(editProject(board.ctx, 'NONE', { name: 'x' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(editProject(board.ctx, 'HID', { name: 'x' })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('deleting and restoring a project', () => {
  test('hides it, destroys nothing in it, and restores everything', async () => {
    const project = await createProject(board.ctx, { key: 'DEL', name: 'Del' })
    await createTask(board.ctx, { projectId: project.id, title: 'Stays' })
    const changes = await recordChanges(board.db)

    const deleted = await deleteProject(board.ctx, 'DEL')
    expect(deleted.project.deletedAt).toEqual(board.clock.now())
    await expect(requireProject(board.scope, 'DEL')).rejects.toMatchObject({ code: 'not-found' })
    const restored = await restoreProject(board.ctx, 'del')

    expect(restored.project).toMatchObject({ ...project, updatedAt: board.clock.now() })
    expect(await board.db.select().from(tasks).where(eq(tasks.projectId, project.id))).toHaveLength(1)
    expect(await changes()).toMatchObject({
      events: [
        { type: 'PROJECT_DELETED', entityId: 'DEL', payload: { name: 'Del' } },
        { type: 'PROJECT_RESTORED', entityId: 'DEL', payload: { name: 'Del' } },
      ],
      audit: [
        {
          id: deleted.auditId,
          action: 'project.delete',
          meta: { before: { deletedAt: null }, after: { deletedAt: board.clock.now().toISOString() } },
        },
        { id: restored.auditId, action: 'project.restore' },
      ],
    })
  })

  test('changes nothing the second time', async () => {
    await createProject(board.ctx, { key: 'TWO', name: 'Two' })
    const { project } = await deleteProject(board.ctx, 'TWO')
    board.clock.advance({ minutes: 1 })
    const changes = await recordChanges(board.db)

    expect(await deleteProject(board.ctx, 'TWO')).toEqual({ project, auditId: null })
    expect(await changes()).toEqual(noChanges)

    await restoreProject(board.ctx, 'TWO')
    const again = await recordChanges(board.db)
    expect((await restoreProject(board.ctx, 'TWO')).auditId).toBeNull()
    expect(await again()).toEqual(noChanges)
  })

  test('throws not-found for a missing one', async () => {
    await expect(deleteProject(board.ctx, 'NONE')).rejects.toMatchObject({ code: 'not-found' })
    await expect(restoreProject(board.ctx, 'NONE')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('finding projects', () => {
  test('lists them by key, deleted ones only on request', async () => {
    await createProject(board.ctx, { key: 'LISTA', name: 'A' })
    await createProject(board.ctx, { key: 'LISTB', name: 'B' })
    await deleteProject(board.ctx, 'LISTB')

    const keys = async (options?: { includeDeleted: boolean }) =>
      (await listProjects(board.scope, options))
        .map((project) => project.projectKey)
        .filter((key) => key.startsWith('LIST'))
    expect(await keys()).toEqual(['LISTA'])
    expect(await keys({ includeDeleted: true })).toEqual(['LISTA', 'LISTB'])
  })

  test('needs the whole key', async () => {
    await createProject(board.ctx, { key: 'WHOLE', name: 'Whole' })

    expect((await requireProject(board.scope, 'whole')).projectKey).toBe('WHOLE')
    for (const key of ['WHOL', 'WHOLEX', 'WHOLE-1', ' WHOLE', '%']) {
      await expect(requireProject(board.scope, key)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  test('finds one by its repository in every spelling', async () => {
    await createProject(board.ctx, { key: 'REPO', name: 'Repo', repoUrl: 'https://GitHub.com/bob/tool.git' })
    await createProject(board.ctx, { key: 'LOCAL', name: 'Local', repoUrl: '/srv/git/local' })

    const found = async (repo: string) => (await findProjectByRepo(board.scope, repo))?.projectKey ?? null
    expect(await found('bob/tool')).toBe('REPO')
    expect(await found('git@github.com:bob/tool.git')).toBe('REPO')
    expect(await found('ssh://git@github.com/bob/tool')).toBe('REPO')
    expect(await found('https://github.com/bob/tool')).toBe('REPO')
    expect(await found('/srv/git/local')).toBe('LOCAL')
    expect(await found('https://gitlab.com/bob/tool')).toBeNull()
    expect(await found('bob/tools')).toBeNull()
    await deleteProject(board.ctx, 'REPO')
    expect(await found('bob/tool')).toBeNull()
  })

  test('picks the project on the given host if several have the path', async () => {
    await createProject(board.ctx, { key: 'HOSTA', name: 'A', repoUrl: 'https://gitlab.com/eve/app' })
    await createProject(board.ctx, { key: 'HOSTB', name: 'B', repoUrl: 'https://github.com/eve/app' })
    await createProject(board.ctx, { key: 'HOSTC', name: 'C', repoUrl: 'eve/app' })

    const found = async (repo: string) => (await findProjectByRepo(board.scope, repo))?.projectKey
    expect(await found('git@github.com:eve/app.git')).toBe('HOSTB')
    expect(await found('eve/app')).toBe('HOSTC')
  })
})

describe('the overview of projects', () => {
  test('counts tasks by status and rates the health by the last log', async () => {
    const day = 24 * 60 * 60 * 1_000
    const now = new Date('2026-12-24T12:00:00Z')
    const ages = { WELL: 3 * day, WATCH: 7 * day, QUIET: 7 * day + 1, SILENT: null }
    for (const [key, age] of Object.entries(ages)) {
      const project = await createProject(board.ctx, { key, name: key })
      if (age === null) continue
      const log = { ownerId: board.ownerId, projectId: project.id, title: 'Worked' }
      await board.db.insert(workLogs).values([
        { ...log, workedAt: new Date(now.getTime() - age) },
        { ...log, workedAt: new Date(now.getTime() - age - day) },
      ])
      await createTask(board.ctx, { projectId: project.id, title: 'Open' })
      await createTask(board.ctx, { projectId: project.id, title: 'Done', status: 'done' })
    }

    const overview = await projectOverview(board.scope, now)

    const shown = overview
      .filter(({ project }) => project.projectKey in ages)
      .map(({ project, health, open, lastLogAt }) => [
        project.projectKey,
        health,
        open,
        lastLogAt && now.getTime() - lastLogAt.getTime(),
      ])
    expect(shown).toEqual([
      ['QUIET', 'quiet', 1, 7 * day + 1],
      ['SILENT', 'quiet', 0, null],
      ['WATCH', 'watch', 1, 7 * day],
      ['WELL', 'well', 1, 3 * day],
    ])
    expect(overview.find(({ project }) => project.projectKey === 'WELL')?.counts).toEqual({
      inbox: 1,
      todo: 0,
      hold: 0,
      ready: 0,
      done: 1,
      archived: 0,
    })
  })
})
