import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe('POST /api/tasks', () => {
  it('creates a task in the inbox of the project and answers with all of it', async () => {
    const made = await api.call('POST', '/api/tasks', {
      body: { title: '  Fix the Wärter  ', projectKey: 'PROJ', labels: ['backend', 'UI'], priority: 'high' },
    })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toEqual({
      task: {
        id: 'PROJ-1',
        task_key: 'PROJ-1',
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        task_prefix: 'PROJ',
        task_number: 1,
        project_key: 'PROJ',
        title: 'Fix the Wärter',
        description: null,
        status: 'inbox',
        priority: 'high',
        assignee: 'ada',
        repo: 'https://github.com/ada/proj',
        branch: 'task/proj-1/fix-the-warter',
        labels: ['backend', 'UI'],
        acceptance_criteria: [],
        engine: null,
        dispatch_target: null,
        run_state: null,
        run_state_updated_at: null,
        artifacts: [],
        latest_preq_result: null,
        feedback: [],
        agent_instructions: null,
        deploy_strategy: {
          strategy: 'none',
          default_branch: 'main',
          auto_pr: false,
          commit_on_review: true,
          squash_merge: true,
        },
        result: null,
        due_at: null,
        focused_at: null,
        created_at: '2026-11-24T09:00:00.000Z',
        updated_at: '2026-11-24T09:00:00.000Z',
      },
      available_labels: [
        { name: 'backend', color: 'blue' },
        { name: 'UI', color: 'blue' },
      ],
    })
  })
})
