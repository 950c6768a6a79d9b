import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listedTools } from '../../src/api/mcp/tools.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { askMcp, both, useTool } from '../support/mcp.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
  await createProject(api.ctx, { key: 'OTHER', name: 'Other' })
})
afterAll(() => api.close())

const post = (method: string, params: object = {}, accept = both, path = '/mcp') =>
  api.call('POST', path, { headers: { accept }, body: { jsonrpc: '2.0', id: 1, method, params } })
const use = (name: string, args: Record<string, unknown>) => useTool(api, name, args)

interface ListedTool {
  readonly name: string
  readonly inputSchema: {
    readonly required?: readonly string[]
    readonly properties: Record<string, object>
  }
}
const listed = async (): Promise<ListedTool[]> => (await askMcp(api, 'tools/list')).result.tools

describe('the list of tools', () => {
  test('has schemas that compile with a validator’s defaults, have no dialect and describe every argument', async () => {
    for (const { name, inputSchema } of await listed()) {
      expect(
        () => new Ajv({ strict: false, validateFormats: false }).compile(inputSchema),
        name,
      ).not.toThrow()
      expect(JSON.stringify(inputSchema), name).not.toMatch(/"(\$schema|format|pattern|const)":/)
      expect(inputSchema, name).toHaveProperty('additionalProperties', false)
      for (const [argument, schema] of Object.entries(inputSchema.properties))
        expect(schema, `${name} ${argument}`).toHaveProperty('description')
    }
  })
})

const askedId = async () => (await use('preq_ask_owner', { question: 'Which?' })).result.question.id

describe('the cost of the list', () => {
  test('is at most 3,000 tokens of four characters', async () => {
    expect(JSON.stringify(await listed()).length / 4).toBeLessThanOrEqual(3_000)
  })
})

describe('arguments', () => {
  test.each(listedTools.map(({ name }) => name))(
    'of %s that are null or empty count as left out',
    async (name) => {
      const schema = (await listed()).find((tool) => tool.name === name)?.inputSchema
      const { required = [], properties = {} } = schema ?? {}
      const optional = Object.keys(properties).filter((argument) => !required.includes(argument))
      for (const empty of [null, '']) {
        const taskId = await api.task({ status: name === 'preq_review_task' ? 'ready' : 'todo' })
        if (name === 'preq_release_task') await use('preq_start_task', { taskId })
        const values: Record<string, string> = { taskId, projectKey: 'PROJ', status: 'hold' }
        if (name === 'preq_get_answer') values.id = await askedId()
        const needed = Object.fromEntries(required.map((argument) => [argument, values[argument] ?? 'Words']))
        const given = Object.fromEntries(optional.map((argument) => [argument, empty]))
        // One of several is required, which no schema can express.
        const project = name === 'preq_create_task' ? { project_key: 'PROJ' } : {}
        const question = name === 'preq_ask_owner' ? { question: 'Which?' } : {}

        const { isError, text } = await use(name, { ...needed, ...given, ...project, ...question })

        expect(isError, text).toBe(false)
      }
    },
  )

  test('that are required may be empty to clear a field', async () => {
    const taskId = await api.task({ description: 'Old words.' })

    const cleared = await use('preq_update_task_note', { taskId, noteMarkdown: '' })
    const unnamed = await use('preq_create_task', { title: '', projectKey: 'PROJ' })

    expect(cleared.result).toMatchObject({ changed: ['note'] })
    expect((await use('preq_get_task', { taskId })).result.task.description).toBeNull()
    expect(unnamed.text).toBe('title: must not be empty. Correct the arguments and call again.')
  })

  test('that a tool does not know are refused by name, with a list of known ones', async () => {
    const { isError, text } = await use('preq_list_tasks', { query: 'login' })

    expect(isError).toBe(true)
    expect(text).toContain('There is no argument query. Arguments: status, label, projectKey, ')
  })

  test('are accepted in the spelling of our answers and under the aliases that models use', async () => {
    const made = await use('preq_create_task', {
      title: 'Spelled',
      project_key: 'PROJ',
      acceptance_criteria: ['It works'],
      branch: 'own/branch',
    })
    const task_id = ` #${made.result.task.id.toLowerCase()} `
    await use('preq_plan_task', { task_id, plan_markdown: 'So.' })
    const done = await use('preq_complete_task', { task_id, summary: 'Done.', branch: 'other/branch' })

    const { task } = (await use('preq_get_task', { task_id })).result
    expect(task.acceptance_criteria).toEqual(['It works'])
    expect(made.result.task).toMatchObject({ branch_name: 'own/branch' })
    expect(done.result.task).toMatchObject({ status: 'ready', branch_name: 'other/branch' })
  })

  test('of a block accept the reason under either name', async () => {
    const taskId = await api.task({ status: 'todo' })

    const blocked = await use('preq_block_task', { taskId, blocked_reason: 'Which one?' })

    expect(blocked.result.task).toMatchObject({ status: 'hold' })
  })

  test('that PREQSTATION’s CLI sends with every tool are accepted, and another project is refused', async () => {
    const taskId = await api.task({ status: 'todo' })
    const extras = { engine: 'codex', projectKey: 'PROJ' }

    const moved = await use('preq_update_task_status', {
      taskId,
      status: 'hold',
      clearRunState: true,
      ...extras,
    })
    const seen = await use('preq_get_task', { taskId, ...extras })
    const elsewhere = await use('preq_get_task', { taskId, projectKey: 'OTHER' })

    expect([moved.isError, seen.isError]).toEqual([false, false])
    expect(moved.result.task).toMatchObject({ status: 'hold' })
    expect(elsewhere.text).toBe(`${taskId} is in PROJ, not in OTHER. Correct the arguments and call again.`)
  })
})

describe('the endpoint', () => {
  test.each([
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    [both, 'text/event-stream'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const { status, headers, text } = await post('tools/list', {}, accept)

    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining(type)])
    const message = JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text)
    expect(message.result.tools.length).toBeGreaterThan(10)
  })

  test('serves the path with a trailing slash too', async () => {
    expect((await post('tools/list', {}, both, '/mcp/')).status).toBe(200)
    expect((await api.call('GET', '/mcp/')).status).toBe(405)
  })

  test('refuses a batch and runs none of it', async () => {
    const taskId = await api.task()
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' }
    const params = { name: 'preq_delete_task', arguments: { taskId } }

    const answer = await api.call('POST', '/mcp', {
      headers: { accept: both },
      body: [
        { ...call, params },
        { ...call, id: 2, params },
      ],
    })

    expect(answer.status).toBe(400)
    expect(answer.text).toContain('one message at a time')
    expect((await api.call('GET', `/api/tasks/${taskId}`)).status).toBe(200)
  })
})

test('comments, progress and the note of a released run appear in the task’s log', async () => {
  const taskId = await api.task({ status: 'todo' })
  await editTask(api.ctx, taskId, { runState: 'queued' })
  await use('preq_claim_task', { next: true })

  await use('preq_comment', { taskId, text: 'The cache is stale.' })
  await use('preq_comment', { taskId, text: 'Half done', progress: true })
  const released = await use('preq_release_task', { taskId, note: 'The database is locked.' })
  const first = await use('preq_list_task_log', { taskId, limit: 2 })
  const rest = await use('preq_list_task_log', { taskId, cursor: first.result.next_cursor })

  expect(released.result.task).toMatchObject({ run_state: 'queued' })
  const entries: { detail: string | null; title: string }[] = [
    ...first.result.entries,
    ...rest.result.entries,
  ]
  const sentTexts = entries.map(({ detail, title }) => detail ?? title)
  expect(sentTexts).toEqual(
    expect.arrayContaining(['The cache is stale.', 'Half done', 'The database is locked.']),
  )
})
