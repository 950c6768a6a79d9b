import type { Engine, TokenRights } from '../../src/db/schema.ts'
import { createToken } from '../../src/domain/access/tokens.ts'
import type { TestBot } from './bot.ts'

/** A response of the agent API with its body parsed as JSON. */
interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into bodies of every shape.
  readonly body: any
}

/** A coding agent with a token that uses the HTTP API. */
export interface TestAgent {
  readonly tokenId: string
  readonly call: (method: string, path: string, body?: object) => Promise<Answer>
  readonly claim: (body?: object) => Promise<Answer>
  /** Takes a task through its lifecycle, with a result if one is given. */
  readonly act: (key: string, action: string, result?: object, more?: object) => Promise<Answer>
  readonly log: (key: string, title: string) => Promise<Answer>
  /** Sends what a hook reads, by default one of Claude Code. */
  readonly hook: (body: object, program?: 'claude' | 'codex') => Promise<Answer>
}

/** Connects an agent to the bot's board. */
export async function connectAgent(
  bot: TestBot,
  {
    name = 'laptop',
    engine = null,
    rights = 'work',
    session,
  }: {
    readonly name?: string
    readonly engine?: Engine | null
    readonly rights?: TokenRights
    readonly session?: string
  } = {},
): Promise<TestAgent> {
  const { token, row } = await createToken(bot.ctx, { name, engine, rights })
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${bot.url()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(session === undefined ? {} : { 'preqbot-session': session }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const call: TestAgent['call'] = (method, path, body) => send(method, `/api${path}`, body)
  return {
    tokenId: row.id,
    call,
    claim: (body = {}) => call('POST', '/tasks/claim', body),
    act: (key, action, result, more = {}) =>
      call('PATCH', `/tasks/${key}`, {
        lifecycle_action: action,
        ...(result === undefined ? {} : { result }),
        ...more,
      }),
    hook: (body, program = 'claude') => send('POST', `/hooks/${program}`, body),
    log: (key, title) => call('POST', '/work-logs', { task: key, title }),
  }
}
