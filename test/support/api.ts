import type { ApiDeps } from '../../src/api/api.ts'
import { createApi } from '../../src/api/api.ts'
import { createFailureCounter } from '../../src/domain/access/security.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { createWakeup, type Wakeup } from '../../src/domain/core/outbox.ts'
import { createRedactor } from '../../src/domain/core/redactor.ts'
import { createProject } from '../../src/domain/projects/create.ts'
import { noMetrics } from '../../src/metrics.ts'
import { type Board, openBoard } from './board.ts'

/** A response with its body as text and as JSON. */
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of every shape, wrong ones included.
  readonly body: any
}

interface Request {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Null: no token. Absent: the agent's. */
  readonly token?: string | null
  /** The socket's remote address. */
  readonly from?: string
}

/** Creates a wakeup that wakes waiters only when triggered, without a timeout. */
export function createPureWakeup(): Wakeup {
  const wakeup = createWakeup()
  return { trigger: wakeup.trigger, wait: (_, signal) => wakeup.wait(2 ** 31 - 1, signal) }
}

/** A wakeup that never triggers: waiters poll. */
export const deadWakeup: Wakeup = {
  trigger: () => {},
  wait: () => new Promise((resolve) => setImmediate(resolve)),
}

/** The agent API on a board with the project PROJ and an agent's token, called without a port. */
export interface TestApi extends Board {
  readonly deps: ApiDeps
  readonly app: ReturnType<typeof createApi>
  readonly token: string
  readonly tokenId: string
  readonly logged: object[]
  readonly call: (method: string, path: string, request?: Request) => Promise<Answer>
  /** Creates a task over HTTP and returns its key. */
  readonly task: (fields?: Readonly<Record<string, unknown>>) => Promise<string>
  /** Opens a second API on the same board, as another process or other settings would. */
  readonly another: (options?: Partial<ApiDeps>) => Pick<TestApi, 'app' | 'call'>
}

export async function openApi(options: Partial<ApiDeps> = {}, at?: Board): Promise<TestApi> {
  const board = at ?? (await openBoard())
  const stopping = new AbortController()
  const logged: object[] = []
  const keep = (facts: object, message: string) => void logged.push({ ...facts, message })
  const deps: ApiDeps = {
    db: board.db,
    ownerId: board.ownerId,
    ownerEmail: 'ada@example.com',
    now: board.clock.now,
    wakeup: createWakeup(),
    failures: createFailureCounter({ db: board.db, ownerId: board.ownerId, now: board.clock.now }),
    log: { debug: () => {}, info: keep, warn: keep, error: keep },
    redactor: createRedactor(),
    metrics: noMetrics,
    config: { rateLimit: 100_000, trustProxy: [] },
    health: async () => ({ ok: true, checks: { database: { ok: true } } }),
    signal: stopping.signal,
    ...options,
  }
  const app = createApi(deps)
  await createProject(board.ctx, { key: 'PROJ', name: 'Project', repoUrl: 'https://github.com/ada/proj' })
  const { token, row } = await createToken(board.ctx, { name: 'laptop', rights: 'full' })
  const call: TestApi['call'] = (method, path, request = {}) => send(app, token, method, path, request)
  return {
    ...board,
    deps,
    app,
    token,
    tokenId: row.id,
    logged,
    call,
    task: async (fields = {}) => {
      const made = await call('POST', '/api/tasks', {
        body: { title: 'A task', projectKey: 'PROJ', ...fields },
      })
      if (made.status !== 201) throw new Error(`no task: ${made.text}`)
      return made.body.task.task_key
    },
    another: (more = {}) => {
      const app = createApi({ ...deps, ...more })
      return { app, call: (method, path, request = {}) => send(app, token, method, path, request) }
    },
    close: async () => {
      stopping.abort()
      await board.close()
    },
  }
}

async function send(
  app: TestApi['app'],
  ownToken: string,
  method: string,
  path: string,
  { body, headers = {}, token = ownToken, from = '192.0.2.1' }: Request,
): Promise<Answer> {
  const isRaw = typeof body === 'string'
  const response = await app.request(
    path,
    {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    },
    { incoming: { socket: { remoteAddress: from } } },
  )
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  }
}
