import { setTimeout as pause } from 'node:timers/promises'

/** How often something must be on the board: exactly once if it was answered or is retried until answered, otherwise at most once. */
type Times = 'once' | 'maybe'

/** The answers that agents got, and therefore what must be on the board. */
export interface Expected {
  readonly tasks: Map<string, Times>
  readonly logs: Map<string, Times>
  /** By the report's text: the task and its outcome. */
  readonly reports: Map<
    string,
    { readonly key: string; readonly to: 'ready' | 'hold'; readonly times: Times }
  >
  readonly started: Set<string>
  readonly claimed: string[]
  /** The events that the outbox reader got, in order. */
  readonly events: string[]
  /** Answers that are neither a success nor "try again". */
  readonly strange: string[]
  /** How often a caller was told to retry, and whether with a Retry-After. */
  readonly busy: { times: number; withoutTime: number }
}

export interface Traffic {
  readonly expected: Expected
  /** Lets each agent finish; resolves once the reader has read everything. */
  readonly end: () => Promise<void>
}

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every route.
  readonly body: any
}

/** Starts agents that use a board over HTTP and tolerate server restarts. `random` returns numbers from 0 to 1. */
export function startTraffic(options: {
  readonly url: string
  readonly token: string
  readonly agents: number
  readonly restMs: number
  readonly random: () => number
}): Traffic {
  const { random } = options
  const expected: Expected = {
    tasks: new Map(),
    logs: new Map(),
    reports: new Map(),
    started: new Set(),
    claimed: [],
    events: [],
    strange: [],
    busy: { times: 0, withoutTime: 0 },
  }
  let ending = false

  const call = async (method: string, path: string, body?: object, key?: string): Promise<Answer | null> => {
    const response = await fetch(`${options.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${options.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(90_000),
    }).catch(() => null)
    const text = await response?.text().catch(() => null)
    if (response == null || text == null) return null
    if (response.status === 503) {
      expected.busy.times += 1
      if (response.headers.get('retry-after') === null) expected.busy.withoutTime += 1
      return null
    }
    if (response.status === 409 && text.includes('is not finished')) return null
    if (response.status >= 400) expected.strange.push(`${method} ${path} ${response.status} ${text}`)
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  /** Sends a request once without a key; with a key, until there is an answer. */
  const ask = async (method: string, path: string, body: object, key: string | null) => {
    for (;;) {
      const answer = await call(method, path, body, key ?? undefined)
      if (answer !== null || key === null) return answer
      await pause(50)
    }
  }

  const work = async (agent: number) => {
    for (let n = 0; !ending; n += 1) {
      const name = `${agent}.${n}`
      const isKeyed = random() < 0.5
      const keyFor = (step: string) => (isKeyed ? `${name}-${step}` : null)
      const times = (answer: Answer | null): Times => (isKeyed || answer !== null ? 'once' : 'maybe')

      const title = `Work ${name}.`
      const made = await ask(
        'POST',
        '/api/tasks',
        { title, projectKey: 'API', status: 'todo' },
        keyFor('create'),
      )
      expected.tasks.set(title, times(made))
      const claim = await ask(
        'POST',
        '/api/tasks/claim',
        { project_key: 'API', status: 'todo', next: true },
        keyFor('claim'),
      )
      const claimed: string | undefined = claim?.body?.task?.task_key
      if (claimed !== undefined) expected.claimed.push(claimed)

      const own = await ask(
        'POST',
        '/api/tasks',
        { title: `Own ${name}.`, projectKey: 'WEB', status: 'hold' },
        keyFor('own'),
      )
      expected.tasks.set(`Own ${name}.`, times(own))
      const key: string | undefined = own?.body?.task?.task_key
      if (key !== undefined) {
        const started = await ask(
          'PATCH',
          `/api/tasks/${key}`,
          { lifecycle_action: 'start' },
          keyFor('start'),
        )
        if (started !== null) expected.started.add(key)
        const blocks = random() < 0.5
        const words = `report ${name}.`
        const report = await ask(
          'PATCH',
          `/api/tasks/${key}`,
          blocks
            ? { lifecycle_action: 'block', result: { summary: words, blocked_reason: words } }
            : { lifecycle_action: 'complete', result: { summary: words, tests: 'all pass' } },
          keyFor('report'),
        )
        expected.reports.set(words, { key, to: blocks ? 'hold' : 'ready', times: times(report) })
      }
      const log = await ask(
        'POST',
        '/api/work-logs',
        { title: `Log ${name}.`, project_key: 'WEB' },
        keyFor('log'),
      )
      expected.logs.set(`Log ${name}.`, times(log))
      await pause(random() * 2 * options.restMs)
    }
  }

  const read = async () => {
    for (;;) {
      const last = ending
      const after = expected.events.at(-1) ?? '0'
      const answer = await call('GET', `/api/events?after=${after}&limit=100&wait=${ending ? 0 : 1}`)
      const events: { readonly id: string }[] = answer?.body?.events ?? []
      expected.events.push(...events.map(({ id }) => id))
      if (last && working.size === 0 && answer !== null && events.length === 0) return
      if (answer === null) await pause(50)
    }
  }

  const working = new Set<Promise<void>>()
  for (let agent = 1; agent <= options.agents; agent += 1) {
    const running: Promise<void> = work(agent).finally(() => working.delete(running))
    working.add(running)
  }
  const reading = read()
  return {
    expected,
    end: async () => {
      ending = true
      await Promise.all([...working])
      await reading
    },
  }
}
