import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { listWorkLogs } from '../../src/domain/tasks/work-logs.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { useTool } from '../support/mcp.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const use = (name: string, args: Record<string, unknown> = {}) => useTool(api, name, args)
const read = async (id: string) => (await api.call('GET', `/api/tasks/${id}`)).body.task

describe('the verbs of PREQSTATION’s CLI', () => {
  test('on tasks are accepted as it sends them', async () => {
    const done = async (name: string, args: Record<string, unknown>) => {
      const answer = await use(name, args)
      expect(answer.isError, `${name}: ${answer.text}`).toBe(false)
      return answer.result
    }
    const file = {
      title: 'By CLI',
      repo: 'ada/proj',
      description: 'Words.',
      priority: 'high',
      assignee: 'ada',
    }
    const taskId = (await done('preq_create_task', { ...file, projectKey: 'PROJ' })).task.id
    const by = { taskId, engine: 'codex' }

    await done('preq_plan_task', { ...by, projectKey: 'PROJ', planMarkdown: 'First this.\n' })
    await done('preq_start_task', by)
    await done('preq_update_task_note', {
      ...by,
      noteMarkdown: '# Rewritten\n',
      artifacts: [{ type: 'image', title: 'Screen', provider: 'fastio', url: 'https://fast.io/x' }],
    })
    await done('preq_block_task', { ...by, reason: 'Which one?\n' })
    await done('preq_update_task_status', { ...by, status: 'todo', clearRunState: true })
    await done('preq_complete_task', {
      taskId,
      summary: 'Done.',
      tests: 'npm test',
      prUrl: '',
      branchName: '',
    })
    await done('preq_review_task', { taskId, summary: 'All checks passed' })
    const listed = await done('preq_list_tasks', {
      projectKey: 'PROJ',
      status: 'done',
      detail: 'simple',
      dispatchTarget: 'telegram',
      limit: 5,
    })
    const seen = await read(taskId)
    await done('preq_list_projects', {})
    await done('preq_get_project_settings', { projectKey: 'PROJ' })
    const deleted = await done('preq_delete_task', { taskId })

    expect(listed.tasks.map((task: { id: string }) => task.id)).toContain(taskId)
    expect(seen.artifacts).toEqual([{ type: 'image', title: 'Screen', url: 'https://fast.io/x' }])
    expect(deleted).toMatchObject({ deleted: true, taskId })
  })

  test('on comments read, answer and close comments', async () => {
    const taskId = await api.task({ status: 'todo' })
    await editTask(api.ctx, taskId, { comment: 'Use the blue one.' })

    const listed = (await use('preq_list_task_comments', { taskId })).result
    const [{ id: commentId }] = listed.comments
    const got = (await use('preq_get_task_comment', { commentId })).result
    const replied = await use('preq_reply_task_comment', {
      commentId,
      body: 'Blue it is.\n',
      engine: 'codex',
    })
    const state = await use('preq_update_task_comment_state', {
      commentId,
      runState: 'done',
      engine: 'codex',
    })
    await use('preq_update_task_comment_state', { commentId, runState: 'failed', errorMessage: 'No paint.' })

    expect(listed).toMatchObject({ count: 1, comments: [{ author_type: 'user', body: 'Use the blue one.' }] })
    expect(got).toMatchObject({ comment: { id: commentId }, task: { id: taskId } })
    expect(replied.result.reply).toMatchObject({ body: 'Blue it is.' })
    expect(state.result.comment).toMatchObject({ id: commentId, run_state: 'done' })
    const bodies = (await use('preq_list_task_comments', { taskId })).result.comments.map(
      (comment: { body: string }) => comment.body,
    )
    expect(bodies).toEqual(['Use the blue one.', 'Blue it is.', 'Failed: No paint.'])
    expect((await use('preq_get_task_comment', { commentId: crypto.randomUUID() })).text).toBe(
      'There is no such comment. Call preq_list_task_comments to see the comments.',
    )
  })

  test('for the guide and the caller’s identity are answered', async () => {
    expect((await use('preq_agent_guide', { engine: 'codex' })).result.guide).toContain('preq_claim_task')
    expect((await use('preq_whoami')).result.token).toMatchObject({ name: 'laptop', rights: 'full' })
  })
})

test('the calls of PREQSTATION’s older stdio server are accepted as it sends them', async () => {
  const send = async (method: string, path: string, body?: object) => {
    const answer = await api.call(method, path, body === undefined ? {} : { body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  const engine = 'codex'
  const made = await send('POST', '/api/tasks', {
    title: 'By stdio',
    repo: 'ada/proj',
    engine,
    priority: 'none',
  })
  const at = `/api/tasks/${made.task.id}`

  await send('PATCH', at, {
    lifecycle_action: 'plan',
    planMarkdown: 'So.',
    engine,
    acceptance_criteria: ['ok'],
  })
  await send('PATCH', at, { engine, lifecycle_action: 'start' })
  const reason = { reason: 'Why?', engine, blocked_at: '2026-11-24T09:00:00.000Z' }
  await send('PATCH', at, { lifecycle_action: 'block', result: reason, engine })
  await send('PATCH', `${at}/status`, { status: 'todo', engine })
  const result = { summary: 'Done.', tests: '', pr_url: '', notes: '', branch: 'own', engine }
  await send('PATCH', at, { lifecycle_action: 'complete', result, branch: 'own', engine })
  const checked = { summary: 'All checks passed', engine, verified_at: '2026-11-24T09:00:00.000Z' }
  const reviewed = await send('PATCH', at, { lifecycle_action: 'review', result: checked, engine })
  const listed = await send('GET', '/api/tasks?status=done&engine=codex')
  await send('GET', '/api/projects/PROJ/settings')
  await send('DELETE', at)

  expect(reviewed.task).toMatchObject({ status: 'done', branch: 'own' })
  expect(listed.tasks.map((task: { id: string }) => task.id)).toContain(made.task.id)
})

describe('a plan', () => {
  const plan = (taskId: string, planMarkdown: string) => use('preq_plan_task', { taskId, planMarkdown })

  test('over MCP keeps the owner’s text and replaces only an older plan', async () => {
    const description = 'Owner’s words.\n\n## Plan\n\nThe owner’s own idea.'
    const taskId = await api.task({ description })

    await plan(taskId, '# Steps\n\nFirst this.\n\n- [ ] It works')
    const first = await read(taskId)
    await editTask(api.ctx, taskId, { note: `${first.description}\n\nMore of the owner’s words.` })
    await plan(taskId, '# Steps\n\nFirst that.')
    const second = await read(taskId)

    expect(first.description).toContain(`${description}\n\n## Plan\n\n### Steps\n\nFirst this.`)
    expect(first.acceptance_criteria).toEqual(['It works'])
    expect(second.description).toContain(`${description}\n\n## Plan\n\n### Steps\n\nFirst that.`)
    expect(second.description).toContain('More of the owner’s words.')
    expect(second.description).not.toContain('First this.')
    expect(second).toMatchObject({ note_updated_by: 'agent:laptop', acceptance_criteria: ['It works'] })
  })

  test('writes one Plan log with its text', async () => {
    const taskId = await api.task()

    await plan(taskId, 'First this.')
    await plan(taskId, 'First this.')

    const { entries } = await listWorkLogs(api.scope, { task: taskId }, { limit: 50 })
    const plans = entries.filter(({ title }) => title.startsWith('PREQSTATION Plan · '))
    expect(plans.map(({ detail }) => detail)).toEqual([expect.stringContaining('First this.')])
  })

  test('over REST replaces the text, as in PREQSTATION', async () => {
    const taskId = await api.task({ description: 'Owner’s words.' })
    const body = { lifecycle_action: 'plan', planMarkdown: 'The plan.' }

    await api.call('PATCH', `/api/tasks/${taskId}`, { body })

    expect((await read(taskId)).description).toBe('The plan.')
  })
})

describe('evidence', () => {
  test.each([
    'n/a',
    'javascript:alert(1)',
    'ftp://example.com/1',
    'https://ada:secret@example.com/1',
    'none',
  ])('of a pull request at %s is refused, over MCP and REST', async (prUrl) => {
    const taskId = await api.task({ status: 'todo' })
    const result = { summary: 'Done.', pr_url: prUrl }

    const called = await use('preq_complete_task', { taskId, summary: 'Done.', prUrl })
    const body = { lifecycle_action: 'complete', result }
    const sent = await api.call('PATCH', `/api/tasks/${taskId}`, { body })

    expect(called.text).toContain('prUrl: must be an http(s) URL; leave it out if there is none.')
    expect(sent.status).toBe(400)
    expect((await read(taskId)).status).toBe('todo')
  })

  test('in a blank summary is refused over MCP', async () => {
    const taskId = await api.task({ status: 'todo' })

    expect((await use('preq_complete_task', { taskId, summary: ' \n' })).text).toMatch(
      /^summary: must not be blank/,
    )
  })

  test('is stored with the result and returned, from MCP and REST', async () => {
    const [one, two] = [await api.task({ status: 'todo' }), await api.task({ status: 'todo' })]
    const artifacts = [
      { type: 'image', url: 'https://example.com/screen.png' },
      { type: 'video', localPath: '/tmp/run.mp4', reason: 'No private storage' },
    ]

    await use('preq_complete_task', { taskId: one, summary: 'Done.', artifacts })
    const body = { lifecycle_action: 'complete', result: { summary: 'Done.', artifacts } }
    await api.call('PATCH', `/api/tasks/${two}`, { body })
    const listed = await api.call('GET', '/api/tasks?status=ready')

    expect((await read(one)).artifacts).toEqual(artifacts)
    expect(listed.body.tasks.map((task: { artifacts: unknown }) => task.artifacts)).toEqual([
      artifacts,
      artifacts,
    ])
  })

  test.each([
    [[{ type: 'image' }], 'needs a url, or a localPath or reason'],
    [[{ type: 'image', url: 'file:///etc/passwd' }], 'must be an http(s) URL'],
    [Array.from({ length: 51 }, () => ({ type: 'link', url: 'https://example.com' })), '50'],
  ])('in invalid artifacts is refused', async (artifacts, text) => {
    const taskId = await api.task({ status: 'todo' })

    expect((await use('preq_complete_task', { taskId, summary: 'Done.', artifacts })).text).toContain(text)
  })
})
