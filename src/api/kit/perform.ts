import { createHash } from 'node:crypto'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  answerRow,
  findAnswer,
  isIdempotencyKey,
  type KeyedRequest,
  KeyTakenError,
  type StoredAnswer,
  storeRefusal,
} from '../../domain/access/idempotency.ts'
import { keyOf } from '../../domain/core/actor.ts'
import { type Ctx, type CtxOptions, createCtx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import type { Engine } from '../../domain/core/task-values.ts'
import { AsciiName } from '../../domain/core/text.ts'
import type { ApiDeps } from './deps.ts'
import { engineOfClient } from './engine.ts'
import type { ApiContext } from './env.ts'
import { toRefusal } from './errors.ts'

/** What a request adds to its verb's commit. */
export type CtxExtras = Pick<CtxOptions, 'extras'>

/** Runs a check right before the commit; a throw cancels it. */
export function checkedBy(check: (() => void) | undefined): CtxExtras {
  return {
    extras: async () => {
      check?.()
      return []
    },
  }
}

/** An HTTP status and its JSON body. */
export interface ApiAnswer {
  readonly status: number
  readonly body?: object
}

/** A verb and how to render its result. */
export interface Work<T> {
  /** Commits once at most. */
  readonly verb: (ctx: Ctx) => Promise<T>
  /** Runs right before the commit; throws to cancel it. */
  readonly check?: () => void
  /** Runs before the commit if the answer is stored with it. Null: nothing to answer with yet. */
  readonly render: (result: T) => Promise<ApiAnswer | null>
}

/** Creates the context of an agent's verbs: the token acts, the request is the cause. */
export function createAgentCtx(
  deps: ApiDeps,
  c: ApiContext,
  {
    client,
    session,
    ...extras
  }: CtxExtras & {
    /** The session that the client names. */
    readonly session?: string | null
    /** The engine inferred from the client's name. */
    readonly client?: Engine | null
  } = {},
): Ctx {
  const { id, name, engine, rights, projectKeys } = c.get('token')
  const run = c.get('run')
  return createCtx({
    db: deps.db,
    ownerId: deps.ownerId,
    actor: {
      kind: 'agent',
      tokenId: id,
      name,
      session: run?.id ?? session ?? sessionOf(c),
      rights: run === null ? (rights ?? 'full') : 'work',
      projectKeys: run === null ? projectKeys : [run.projectKey],
      engine: run?.engine ?? engine ?? client ?? engineOfClient(c.req.header('user-agent') ?? ''),
      ...(run === null ? {} : { run }),
    },
    now: deps.now,
    redactor: deps.redactor,
    cause: c.get('requestId'),
    onCommit: (action) => {
      if (action !== null) deps.metrics.countVerb(action)
    },
    ...extras,
  })
}

/** Reads the session from `Preqbot-Session`; null without one. Throws `invalid` if the header is malformed. */
function sessionOf(c: ApiContext): string | null {
  const session = c.req.header('preqbot-session') ?? null
  if (session !== null && !AsciiName.safeParse(session).success)
    throw new DomainError('invalid', 'Preqbot-Session must be 1 to 200 visible ASCII characters.')
  return session
}

/** Performs a POST or PATCH and returns its response; only once if it has an `Idempotency-Key`. Null: nothing to answer with yet. */
export async function perform<T>(deps: ApiDeps, c: ApiContext, work: Work<T>): Promise<Response | null> {
  const keyed = await toKeyedRequest(c)
  if (keyed !== null) return performOnce(deps, c, keyed, work)
  const rendered = await work.render(await work.verb(createAgentCtx(deps, c, checkedBy(work.check))))
  return rendered && toResponse(c, toAnswer(rendered))
}

async function performOnce<T>(
  deps: ApiDeps,
  c: ApiContext,
  keyed: KeyedRequest,
  work: Work<T>,
): Promise<Response | null> {
  const { answer, isReplay } = await answerOnce(
    deps,
    keyed,
    (extras) => createAgentCtx(deps, c, extras),
    work,
    toRefusal,
  )
  if (isReplay) c.header('Idempotency-Replayed', 'true')
  return answer && toResponse(c, answer)
}

/**
 * Runs a verb once per idempotency key. Key, effect and answer are one statement, so a crash leaves all or none of them.
 * A duplicate, in any process, waits for that statement and then finds the answer.
 */
export async function answerOnce<T>(
  deps: Pick<ApiDeps, 'db' | 'ownerId' | 'now'>,
  keyed: KeyedRequest,
  createKeyedCtx: (extras: CtxExtras) => Ctx,
  work: Work<T>,
  /** Returns the answer to store for an expected failure; null for other failures, which are not stored. */
  toRefused: (error: unknown) => ApiAnswer | null,
): Promise<{ readonly answer: StoredAnswer | null; readonly isReplay: boolean }> {
  const earlier = await findAnswer(deps.db, keyed, deps.now())
  if (earlier !== null) return { answer: earlier, isReplay: true }
  const candidates: Rendered[] = []
  const render = async (result: T) => {
    const rendered = await work.render(result)
    return rendered && toAnswer(rendered)
  }
  const ctx = createKeyedCtx({
    extras: async (result) => {
      work.check?.()
      const answer = await render(result as T)
      candidates.push({ result, answer })
      return answer === null ? [] : [answerRow(keyed, answer, deps.now())]
    },
  })
  try {
    const result = await work.verb(ctx)
    // A new task's number is drawn by the statement, so its result isn't the one that was rendered before.
    const stored = candidates.find((one) => one.result === result)
    return { answer: stored === undefined ? await render(result) : stored.answer, isReplay: false }
  } catch (error) {
    if (error instanceof KeyTakenError) {
      const first = await findAnswer(deps.db, keyed, deps.now())
      if (first !== null) return { answer: first, isReplay: true }
      throw new DomainError(
        'conflict',
        'The first request with this Idempotency-Key is still running. Try again.',
      )
    }
    const refused = toRefused(error)
    if (refused !== null) await storeRefusal(deps.db, keyed, toAnswer(refused), deps.now())
    throw error
  }
}

interface Rendered {
  readonly result: unknown
  readonly answer: StoredAnswer | null
}

/** Reads the `Idempotency-Key` header; null without one. Throws `invalid` if it is malformed. */
export function readIdempotencyKey(c: ApiContext): string | null {
  const key = c.req.header('idempotency-key') ?? null
  if (key !== null && !isIdempotencyKey(key)) {
    throw new DomainError('invalid', 'Idempotency-Key must be 1 to 200 visible ASCII characters.')
  }
  return key
}

async function toKeyedRequest(c: ApiContext): Promise<KeyedRequest | null> {
  const key = readIdempotencyKey(c)
  if (key === null) return null
  const hash = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n`)
    .update(await c.req.text())
    .digest('hex')
  return { tokenId: c.get('token').id, key: keyOf({ run: c.get('run') }, key), hash }
}

function toAnswer({ status, body }: ApiAnswer): StoredAnswer {
  return { status, body: body === undefined ? '' : JSON.stringify(body) }
}

function toResponse(c: ApiContext, { status, body }: StoredAnswer): Response {
  if (status === 204) return c.body(null, 204)
  // We set every status ourselves; 204 is the only one without a body.
  return c.body(body, status as ContentfulStatusCode, { 'Content-Type': 'application/json' })
}
