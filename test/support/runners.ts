import type { Engine } from '../../src/db/schema.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import { editTask } from '../../src/domain/tasks/edit/edit.ts'
import type { TestApi } from './api.ts'
import type { TestBot } from './bot.ts'

type Answer = Awaited<ReturnType<TestApi['call']>>

/** The run of a claimed task, with requests by its token. */
export interface TestRun {
  readonly id: string
  readonly key: string
  readonly token: string
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of every shape.
  readonly body: any
  /** Sends a request with the run's token. */
  readonly call: (method: string, path: string, body?: object) => Promise<Answer>
  /** Sends a lifecycle action with the run's token. */
  readonly act: (action: string, result?: object) => Promise<Answer>
  /** Reports about the run with the runner's token. */
  readonly report: (body: object) => Promise<Answer>
}

/** A runner with its own token, as the API sees it. */
export interface TestRunner {
  readonly id: string
  readonly token: string
  readonly tokenId: string
  /** Reports the runner, by default without a wait. */
  readonly hello: (body?: object) => Promise<Answer>
  readonly claim: (body?: object) => Promise<Answer>
  /** Claims a task and returns its run. */
  readonly take: (body?: object) => Promise<TestRun>
}

export interface RunnerOptions {
  readonly name?: string
  readonly engines?: readonly Engine[]
  readonly projects?: readonly string[]
  readonly max?: number
  /** The token; absent: a new one. */
  readonly token?: string
  readonly rights?: 'work' | 'full'
}

/** Connects a runner for the project PROJ, by default with Claude Code and Codex. */
export async function connectRunner(
  api: Pick<TestApi, 'ctx' | 'call'>,
  {
    name = 'mac',
    engines = ['claude-code', 'codex'],
    projects = ['PROJ'],
    max = 2,
    token: given,
    rights,
  }: RunnerOptions = {},
): Promise<TestRunner> {
  const made = given === undefined ? await createToken(api.ctx, { name: `${name} runner`, rights }) : null
  const token = given ?? made?.token ?? ''
  const about = { name, host: `${name}.local`, engines, projects, max, busy: 0 }
  const hello: TestRunner['hello'] = (body = {}) =>
    api.call('POST', '/api/runners', { token, body: { ...about, ...body } })
  const { body } = await hello()
  const { id } = body
  const claim: TestRunner['claim'] = (more = {}) =>
    api.call('POST', '/api/tasks/claim', { token, body: { runner: id, engines, projects, ...more } })
  return {
    id,
    token,
    tokenId: made?.row.id ?? '',
    hello,
    claim,
    take: async (more) => {
      const claimed = await claim(more)
      if (claimed.status !== 200) throw new Error(`no task to take: ${claimed.status} ${claimed.text}`)
      const { run, task } = claimed.body
      const key: string = task.id
      const call: TestRun['call'] = (method, path, sent) =>
        api.call(method, path, { token: run.token, ...(sent === undefined ? {} : { body: sent }) })
      return {
        id: run.id,
        key,
        token: run.token,
        body: claimed.body,
        call,
        act: (action, result) =>
          call('PATCH', `/api/tasks/${key}`, {
            lifecycle_action: action,
            ...(result === undefined ? {} : { result }),
          }),
        report: (sent) => api.call('PATCH', `/api/runs/${run.id}`, { token, body: sent }),
      }
    },
  }
}

/** Returns the API of a bot's board, for `connectRunner`. */
export function apiOf(bot: TestBot): Pick<TestApi, 'ctx' | 'call'> {
  return {
    ctx: bot.ctx,
    call: async (method, path, { body, token } = {}) => {
      const response = await fetch(`${bot.url()}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const { status, headers } = response
      const text = await response.text()
      return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}

/** Creates a task in todo and queues it. Returns its key. */
export async function queueTask(
  api: TestApi,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const key = await api.task({ status: 'todo', ...fields })
  await editTask(api.ctx, key, { runState: 'queued' })
  return key
}
