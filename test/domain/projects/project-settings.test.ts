import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectSettings } from '../../../src/db/schema.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import { deleteProject } from '../../../src/domain/projects/edit.ts'
import { getProjectSettings, setProjectSettings } from '../../../src/domain/projects/settings.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

const defaults = {
  deploy_strategy: 'none',
  deploy_default_branch: 'main',
  deploy_auto_pr: 'false',
  deploy_commit_on_review: 'true',
  deploy_squash_merge: 'true',
  agent_instructions: '',
}

let board: Board
beforeAll(async () => {
  board = await openBoard()
  await createProject(board.ctx, { key: 'WEB', name: 'Web' })
})
afterAll(() => board.close())

const newProject = (key: string) => createProject(board.ctx, { key, name: key })

describe('the settings of a project', () => {
  test('are complete with defaults', async () => {
    expect(await getProjectSettings(board.scope, 'web')).toEqual(defaults)
  })

  test('are read trimmed and in lower case; unknown values read as the default', async () => {
    const project = await newProject('READ')
    const rows = {
      deploy_strategy: ' Feature_Branch ',
      deploy_auto_pr: 'perhaps',
      deploy_default_branch: ' Trunk ',
      unknown: 'x',
    }
    await board.db
      .insert(projectSettings)
      .values(Object.entries(rows).map(([key, value]) => ({ projectId: project.id, key, value })))

    expect(await getProjectSettings(board.scope, 'READ')).toEqual({
      ...defaults,
      deploy_strategy: 'feature_branch',
      deploy_default_branch: 'Trunk',
    })
  })

  test('change with an event and an audit entry of both states', async () => {
    const project = await newProject('SET')
    const changes = await recordChanges(board.db)

    const changed = await setProjectSettings(board.ctx, 'set', {
      deploy_strategy: 'FEATURE_BRANCH',
      deploy_auto_pr: 'true',
      deploy_squash_merge: 'true',
    })

    const settings = { ...defaults, deploy_strategy: 'feature_branch', deploy_auto_pr: 'true' }
    expect(changed.settings).toEqual(settings)
    expect(await getProjectSettings(board.scope, 'SET')).toEqual(settings)
    expect(await changes()).toMatchObject({
      events: [
        {
          type: 'PROJECT_UPDATED',
          entityId: 'SET',
          payload: { name: 'SET', fields: ['deploy_strategy', 'deploy_auto_pr'] },
        },
      ],
      audit: [
        {
          id: changed.auditId,
          action: 'project.settings',
          targetType: 'project',
          targetId: 'SET',
          meta: {
            projectId: project.id,
            before: { deploy_strategy: 'none', deploy_auto_pr: 'false' },
            after: { deploy_strategy: 'feature_branch', deploy_auto_pr: 'true' },
          },
        },
      ],
    })
  })

  test('return to the default with null', async () => {
    const project = await newProject('BACK')
    await setProjectSettings(board.ctx, 'BACK', { deploy_default_branch: 'trunk' })
    await setProjectSettings(board.ctx, 'BACK', { deploy_default_branch: 'develop' })

    const { settings } = await setProjectSettings(board.ctx, 'BACK', { deploy_default_branch: null })

    expect(settings).toEqual(defaults)
    expect(
      await board.db.select().from(projectSettings).where(eq(projectSettings.projectId, project.id)),
    ).toEqual([])
  })

  test('write nothing if nothing changes', async () => {
    await newProject('SAME')
    const changes = await recordChanges(board.db)

    const { auditId } = await setProjectSettings(board.ctx, 'SAME', {
      deploy_strategy: ' None ',
      agent_instructions: '',
      deploy_auto_pr: null,
    })

    expect(auditId).toBeNull()
    expect(await changes()).toEqual(noChanges)
  })

  test.each<[string, Record<string, string>]>([
    ['an unknown key', { deploy_magic: 'true' }],
    ['a key of the prototype', { constructor: 'x' }],
    ['an unknown strategy', { deploy_strategy: 'yolo' }],
    ['a switch that is neither on nor off', { deploy_auto_pr: 'yes' }],
    ['an empty branch', { deploy_default_branch: ' ' }],
    ['instructions that are too long', { agent_instructions: 'x'.repeat(50_001) }],
    ['what cannot be stored', { agent_instructions: 'a\u0000b' }],
  ])('refuse %s and everything sent with it', async (_, patch) => {
    const changes = await recordChanges(board.db)

    await expect(
      setProjectSettings(board.ctx, 'WEB', { ...patch, deploy_squash_merge: 'false' }),
    ).rejects.toMatchObject({ code: 'invalid' })
    expect(await changes()).toEqual(noChanges)
  })

  test('are not found without their project', async () => {
    await newProject('GONE')
    await deleteProject(board.ctx, 'GONE')

    for (const key of ['NONE', 'GONE', 'WE']) {
      await expect(getProjectSettings(board.scope, key)).rejects.toMatchObject({ code: 'not-found' })
      await expect(setProjectSettings(board.ctx, key, { deploy_auto_pr: 'true' })).rejects.toMatchObject({
        code: 'not-found',
      })
    }
  })
})
