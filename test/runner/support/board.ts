import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { RunnerBody, RunnerClaimBody, RunPatch } from '../../../src/api/wire/runners.ts'

/** A task on the fake board, and what happened to it. */
export interface FakeTask {
  readonly key: string
  readonly steps: readonly string[]
  readonly branch: string
  readonly engine: string
  readonly base: string | null
  readonly session: string | null
  readonly attempt: number
}

/** A run, as the runner and its agent reported it. */
export interface FakeRun {
  readonly id: string
  readonly token: string
  readonly task: FakeTask
  readonly runner: string
  outcome: string | null
  result: { readonly summary?: string; readonly reason?: string } | null
  session: string | null
  usage: object | null
  files: number | null
  limit: object | null
  /** How many heartbeats named it. */
  renewals: number
}

interface FakeQuestion {
  readonly id: string
  /** The same key is the same question. */
  readonly key: string
  readonly run: FakeRun
  readonly kind: string
  readonly text: string
  readonly detail: string | undefined
  readonly options: readonly { readonly id: string; readonly label: string }[]
  state: string
  answer: object | undefined
}

/** The endpoints that a runner and its agents use, in memory. */
export interface FakeBoard {
  readonly url: string
  readonly token: string
  readonly runs: readonly FakeRun[]
  readonly questions: readonly FakeQuestion[]
  readonly comments: readonly { readonly key: string; readonly text: string }[]
  readonly heartbeats: readonly RunnerBody[]
  /** How many requests have arrived. */
  readonly requests: () => number
  readonly queue: (task: Partial<FakeTask> & Pick<FakeTask, 'key'>) => void
  readonly answer: (question: FakeQuestion, option: string, text?: string) => void
  readonly reply: (run: FakeRun, text: string) => void
  /** The owner's Stop, or another end on the board. */
  readonly end: (run: FakeRun, outcome: string) => void
  /** Resolves with the first truthy value of a function that is asked after each change. */
  readonly until: <T>(look: () => T | undefined | null | false) => Promise<T>
  /** Refuses the runner's token from now on. */
  readonly revoke: () => void
  readonly goDown: () => Promise<void>
  readonly comeBack: () => Promise<void>
}

const patienceMs = 30_000
const runnerId = '018f0000-0000-7000-8000-000000000000'

/** Starts a fake board on loopback. */
export async function startFakeBoard(): Promise<FakeBoard> {
  const token = 'preq_runner'
  const runs: FakeRun[] = []
  const questions: FakeQuestion[] = []
  const comments: { key: string; text: string }[] = []
  const heartbeats: RunnerBody[] = []
  const replies: { run: FakeRun; text: string }[] = []
  const queued: FakeTask[] = []
  const listeners = new Set<() => void>()
  let isRevoked = false
  let requests = 0
  let server: Server | null = null
  let port = 0

  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  const wait = <T>(look: () => T | undefined | null | false, ms: number): Promise<T | null> =>
    new Promise((resolve) => {
      const finish = (value: T | null) => {
        clearTimeout(timer)
        listeners.delete(listener)
        resolve(value)
      }
      const listener = () => {
        const value = look()
        if (value) finish(value)
      }
      const timer = setTimeout(() => finish(null), ms)
      listeners.add(listener)
      listener()
    })
  const end = (run: FakeRun, outcome: string, result: FakeRun['result'] = null) => {
    if (run.outcome !== null) return
    run.outcome = outcome
    run.result = result
    changed()
  }

  const routes: Readonly<Record<string, (call: Call) => Promise<Answer> | Answer>> = {
    'GET /api/me': () => [200, { token: { name: 'laptop' } }],
    'POST /api/runners': async ({ body }) => {
      const beat = RunnerBody.parse(body)
      heartbeats.push(beat)
      const mine = runs.filter(({ id }) => beat.runs?.includes(id))
      for (const run of mine) run.renewals += 1
      changed()
      const look = () => {
        const stop = mine.filter(({ outcome }) => outcome !== null).map(({ id }) => id)
        const words = replies.filter(({ run }) => mine.includes(run))
        return (stop.length > 0 || words.length > 0) && { stop, words }
      }
      const found = await wait(look, (beat.wait ?? 0) * 1_000)
      for (const reply of found?.words ?? []) replies.splice(replies.indexOf(reply), 1)
      const at = new Date(0).toISOString()
      const sent = (found?.words ?? []).map(({ run, text }) => ({ run: run.id, text, at }))
      return [200, { id: runnerId, lease_s: 90, stop: found?.stop ?? [], replies: sent }]
    },
    'POST /api/tasks/claim': async ({ body, isGone }) => {
      const { engines, wait: seconds = 0, runner } = RunnerClaimBody.parse(body)
      const fits = () => !isGone() && queued.find(({ engine }) => engines.some((one) => one === engine))
      const task = await wait(fits, seconds * 1_000)
      if (task === null || isGone()) return [204, null]
      queued.splice(queued.indexOf(task), 1)
      const run: FakeRun = {
        id: randomUUID(),
        token: `preq_run_${randomUUID()}`,
        task,
        runner,
        outcome: null,
        result: null,
        session: null,
        usage: null,
        files: null,
        limit: null,
        renewals: 0,
      }
      runs.push(run)
      changed()
      const { key, branch, base, session, attempt, engine, steps } = task
      return [
        200,
        {
          task: {
            task_key: key,
            project_key: key.split('-')[0],
            title: 'Fix the login',
            description: steps.map((step) => `step ${step}`).join('\n'),
            acceptance_criteria: [],
            feedback: [],
          },
          objective: 'implement',
          run: { id: run.id, token: run.token, attempt, engine, branch, base, session },
        },
      ]
    },
    'PATCH /api/runs': ({ body, id }) => {
      const run = runs.find((one) => one.id === id)
      if (run === undefined) return [404, { error: 'Not found' }]
      const { session, usage, files, outcome, limit } = RunPatch.parse(body)
      run.session = session ?? run.session
      run.usage = usage ?? run.usage
      run.files = files ?? run.files
      if (limit !== undefined) {
        run.limit = limit
        end(run, 'limited')
      }
      if (outcome === 'lost') end(run, 'lost')
      changed()
      return [200, { run: toRunJson(run) }]
    },
    'PATCH /api/tasks': ({ body, run }) => {
      const { lifecycle_action: action, result } = body as {
        lifecycle_action: string
        result: FakeRun['result']
      }
      if (run === undefined) return [401, { error: 'Unauthorized' }]
      end(run, action === 'block' ? 'blocked' : `${action}d`, result)
      return [200, { task: {} }]
    },
    'POST /api/tasks': ({ body, id }) => {
      comments.push({ key: id, text: (body as { text: string }).text })
      changed()
      return [201, {}]
    },
    'GET /api/tasks': () => {
      const at = new Date(0).toISOString()
      return [200, { entries: [{ title: 'Result', detail: 'step complete from the history', at }] }]
    },
    'POST /api/questions': ({ body, run }) => {
      const {
        kind,
        key,
        question,
        detail,
        options = [],
      } = body as {
        kind: string
        key: string
        question: string
        detail?: string
        options?: { label: string }[]
      }
      if (run === undefined) return [401, { error: 'Unauthorized' }]
      const same = questions.find((one) => one.key === key)
      if (same !== undefined) return [201, { question: same }]
      const numbered = options.map(({ label }, index) => ({ id: String(index + 1), label }))
      const fixed = [
        { id: 'allow', label: 'Allow' },
        { id: 'deny', label: 'Deny' },
      ]
      questions.push({
        id: randomUUID(),
        key,
        run,
        kind,
        text: question,
        detail,
        options: kind === 'permission' ? fixed : numbered,
        state: 'open',
        answer: undefined,
      })
      changed()
      return [201, { question: questions.at(-1) }]
    },
    'GET /api/questions': async ({ id }) => {
      const question = questions.find((one) => one.id === id)
      await wait(() => question?.state !== 'open', 50_000)
      return [200, { question }]
    },
    'DELETE /api/questions': ({ id }) => {
      const question = questions.find((one) => one.id === id)
      if (question !== undefined) question.state = 'withdrawn'
      changed()
      return [200, { question }]
    },
  }

  const handle = async (request: IncomingMessage, isGone: () => boolean): Promise<Answer> => {
    requests += 1
    changed()
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? ''
    const run = runs.find((one) => one.token === bearer && one.outcome === null)
    if ((bearer !== token || isRevoked) && run === undefined) return [401, { error: 'Unauthorized' }]
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const text = await readText(request)
    const [, , kind = '', id = ''] = pathname.split('/')
    const exact = routes[`${request.method} ${pathname}`]
    const route = exact ?? routes[`${request.method} /api/${kind}`]
    if (route === undefined) return [404, { error: 'Not found' }]
    return route({ body: text === '' ? null : JSON.parse(text), id, run, isGone })
  }
  const listen = async () => {
    server = createServer((request, response) => {
      handle(request, () => response.destroyed)
        .catch((error: Error): Answer => [400, { error: error.message }])
        .then(([status, body]) => {
          response.writeHead(status, { 'content-type': 'application/json' })
          response.end(body === null ? undefined : JSON.stringify(body))
        })
        .catch(() => response.destroy())
    })
    const opened = server
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  await listen()
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    runs,
    questions,
    comments,
    heartbeats,
    requests: () => requests,
    queue: (task) => {
      const branch = `task/${task.key.toLowerCase()}/fix-the-login`
      const rest = { base: null, session: null, attempt: 1, engine: 'claude-code', steps: [] }
      queued.push({ ...rest, branch, ...task })
      changed()
    },
    answer: (question, option, text) => {
      const chosen = question.options.filter(({ id, label }) => id === option || label === option)
      question.state = 'answered'
      question.answer = { items: [{ id: '1', text: text ?? chosen[0]?.label ?? option, options: chosen }] }
      changed()
    },
    reply: (run, text) => {
      replies.push({ run, text })
      changed()
    },
    end,
    until: async (look) => {
      const found = await wait(look, patienceMs)
      if (found !== null) return found
      const seen = JSON.stringify({ runs, comments, questions }, null, 2)
      throw new Error(`Nothing that fits happened within ${patienceMs} ms. It happened:\n${seen}`)
    },
    revoke: () => {
      isRevoked = true
      server?.closeAllConnections()
    },
    goDown: () =>
      new Promise((resolve) => {
        server?.close(() => resolve())
        server?.closeAllConnections()
      }),
    comeBack: listen,
  }
}

interface Call {
  readonly body: unknown
  readonly id: string
  /** The open run whose token was sent. */
  readonly run: FakeRun | undefined
  /** Whether the client has hung up. */
  readonly isGone: () => boolean
}

type Answer = readonly [status: number, body: object | null]

function toRunJson({ id, task, outcome, session, files }: FakeRun): object {
  const at = new Date(0).toISOString()
  return {
    id,
    task_key: task.key,
    attempt: task.attempt,
    engine: task.engine,
    branch: task.branch,
    base: task.base,
    session,
    started_at: at,
    ended_at: outcome === null ? null : at,
    outcome,
    usage: null,
    files,
  }
}
