import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOutbox } from '../../src/db/schema.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { createPureWakeup, deadWakeup, openApi, type TestApi } from '../support/api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

const read = async (query = '') => (await api.call('GET', `/api/events${query}`)).body
const newest = async () => {
  let cursor = '0'
  for (;;) {
    const page = await read(`?after=${cursor}&limit=100`)
    if (page.events.length === 0) return cursor
    cursor = page.nextCursor
  }
}

describe('GET /api/events', () => {
  test('lists the events after a cursor, in order, with the next cursor', async () => {
    const before = await newest()
    const key = await api.task({ title: 'Told' })
    await api.call('PATCH', `/api/tasks/${key}/status`, { body: { status: 'todo' } })
    const { body } = await api.call('GET', `/api/tasks/${key}`)
    const [project] = (await api.call('GET', '/api/projects')).body.projects
    const page = await read(`?after=${before}`)
    expect(page.events[0]).toEqual({
      id: String(Number(before) + 1),
      eventType: 'TASK_CREATED',
      entityType: 'task',
      entityId: key,
      projectId: project.id,
      payload: { title: 'Told', status: 'inbox', actor: 'agent:laptop', tokenId: api.tokenId },
      createdAt: body.task.created_at,
    })
    expect(page.events.map((event: { eventType: string }) => event.eventType)).toEqual([
      'TASK_CREATED',
      'TASK_STATUS_CHANGED',
      'WORKLOG_CREATED',
    ])
    expect(page.nextCursor).toBe(page.events.at(-1).id)
  })

  test("returns another program's event as it is", async () => {
    const after = await newest()
    const payload = { stars: 5 }
    const event = { eventType: 'LABEL_PRAISED', entityType: 'worklog', entityId: 'its own' }
    await api.db.insert(eventsOutbox).values({ ownerId: api.ownerId, ...event, payload })

    expect((await read(`?after=${after}`)).events).toEqual([expect.objectContaining({ ...event, payload })])
  })

  test('starts with the oldest event, and returns the same cursor if nothing is new', async () => {
    expect((await read()).events[0].eventType).toBe('PROJECT_CREATED')
    const cursor = await newest()
    expect(await read(`?after=${cursor}`)).toEqual({ events: [], nextCursor: cursor })
  })

  test('respects a project and a limit', async () => {
    const other = await createProject(api.ctx, { key: 'ELSE', name: 'Else' })
    const cursor = await newest()
    await api.task()
    await api.task({ projectKey: 'ELSE' })
    const of = await read(`?after=${cursor}&projectId=${other.id}`)
    expect(of.events.map((event: { entityId: string }) => event.entityId)).toEqual(['ELSE-1'])
    expect((await read('?limit=1')).events).toHaveLength(1)
  })

  test.each([
    ['woken by a signal', createPureWakeup()],
    ['by asking again, without any wakeup', deadWakeup],
  ])('holds the request until there is a new event, %s', async (_, wakeup) => {
    const cursor = await newest()
    const waiting = api.another({ wakeup }).call('GET', `/api/events?after=${cursor}&wait=30`)
    const key = await api.task()
    wakeup.trigger()
    expect((await waiting).body.events[0].entityId).toBe(key)
  })

  test('ends the wait if nothing happens', async () => {
    const now = await newest()
    expect(await read(`?after=${now}&wait=0.05`)).toEqual({ events: [], nextCursor: now })
  })

  test('a reader that pages by cursor misses nothing from eight concurrent writers', async () => {
    const start = await newest()
    const seen: string[] = []
    let writing = true
    const reader = (async () => {
      let cursor = start
      for (;;) {
        const last = !writing
        const page = await read(`?after=${cursor}&limit=7`)
        seen.push(...page.events.map((event: { entityId: string }) => event.entityId))
        cursor = page.nextCursor
        if (last && page.events.length === 0) return
      }
    })()
    const writers = Array.from({ length: 8 }, async () => {
      const keys: string[] = []
      for (let made = 0; made < 5; made += 1) keys.push(await api.task())
      return keys
    })
    const made = (await Promise.all(writers)).flat()
    writing = false
    await reader
    expect([...seen].sort()).toEqual([...made].sort())
  })

  test.each(['after=-1', 'after=x', 'limit=101', 'limit=0', 'projectId=nope', 'wait=56', 'after=1e300'])(
    'refuses %s',
    async (query) => {
      const answer = await api.call('GET', `/api/events?${query}`)
      expect([answer.status, answer.body]).toEqual([400, { error: 'Invalid query' }])
    },
  )
})

test('thirty requests that wait at once cause no warning of the process', async () => {
  const warnings: string[] = []
  const keep = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', keep)
  const waiting = Array.from({ length: 30 }, async () => read(`?after=${await newest()}&wait=0.3`))

  await Promise.all(waiting)

  process.off('warning', keep)
  expect(warnings).toEqual([])
})

describe('GET /api/projects', () => {
  test('lists projects in camelCase and their settings as strings, defaults filled in', async () => {
    const { projects } = (await api.call('GET', '/api/projects')).body
    expect(projects.find((project: { projectKey: string }) => project.projectKey === 'PROJ')).toEqual({
      id: expect.any(String),
      ownerId: api.ownerId,
      projectKey: 'PROJ',
      name: 'Project',
      description: null,
      repoUrl: 'https://github.com/ada/proj',
      vercelUrl: null,
      status: 'active',
      priority: 2,
      bgImage: null,
      bgImageCredit: null,
      deletedAt: null,
      createdAt: '2026-11-24T09:00:00.000Z',
      updatedAt: '2026-11-24T09:00:00.000Z',
    })
    expect((await api.call('GET', '/api/projects/proj/settings')).body).toEqual({
      settings: {
        deploy_strategy: 'none',
        deploy_default_branch: 'main',
        deploy_auto_pr: 'false',
        deploy_commit_on_review: 'true',
        deploy_squash_merge: 'true',
        agent_instructions: '',
      },
    })
  })

  test.each(['PRO', 'PROJX', '%00', 'P%25', 'x'.repeat(100)])('finds no settings for %s', async (key) => {
    const answer = await api.call('GET', `/api/projects/${key}/settings`)
    expect([answer.status, answer.body]).toEqual([404, { error: 'Not found' }])
  })
})
