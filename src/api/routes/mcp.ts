import { randomUUID } from 'node:crypto'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { DomainError } from '../../domain/core/errors.ts'
import { findSessionOfUse } from '../../domain/sessions/sessions.ts'
import type { ApiParts } from '../kit/deps.ts'
import { engineOfClient, engineOfSession, toSessionId } from '../kit/engine.ts'
import type { ApiContext } from '../kit/env.ts'
import { createAgentCtx, readIdempotencyKey } from '../kit/perform.ts'
import { createSessionRecorder } from '../kit/record-session.ts'
import { acceptingBoth, inAcceptedType } from '../mcp/accept.ts'
import { createOriginGuard } from '../mcp/origin.ts'
import type { McpAnswer } from '../mcp/server.ts'
import type { Caller } from '../mcp/tool.ts'
import { toAssignee } from '../wire/task.ts'
import { readMe } from './me.ts'
import type { Router } from './route.ts'

const clientInfo = z.object({ name: z.string() })
const Initialize = z.object({ method: z.literal('initialize'), params: z.object({ clientInfo }) })
// Since the 2026 revision, every request names its client.
const Named = z.object({
  params: z.object({ _meta: z.object({ 'io.modelcontextprotocol/clientInfo': clientInfo }) }),
})

// Clients use the path with and without a trailing slash.
const paths = ['/mcp', '/mcp/']

/** The paths of MCP, and those where MCP clients look for OAuth metadata. */
export const mcpPaths = ['/mcp/*', '/.well-known/*']

/** Adds POST /mcp. The SDK is loaded on the first request, so boards without MCP agents don't pay for it. */
export function addMcpRoute({ app, guards }: Router, deps: ApiParts): void {
  const recordSession = createSessionRecorder(deps)
  let loading: Promise<McpAnswer> | undefined
  const load = async () => {
    const { createMcpAnswer } = await import('../mcp/server.ts')
    return createMcpAnswer(deps.log)
  }
  app.on('POST', paths, createOriginGuard(deps.config.publicUrl))
  for (const guard of guards) app.on('POST', paths, guard)
  app.on('POST', paths, async (c) => {
    const body = await readJson(c)
    if (Array.isArray(body))
      throw new DomainError('invalid', 'Send one message at a time: batches are not supported.')
    loading ??= load()
    const answer = await loading
    const client = engineOf(c, body)
    const session = (await hookSessionOf(deps, c, body)) ?? sessionOf(c, body)
    let isReplay = false
    const caller: Caller = {
      deps,
      ctx: createAgentCtx(deps, c, { client, session }),
      createCtx: (extras) => createAgentCtx(deps, c, { client, session, ...extras }),
      tokenId: c.get('token').id,
      idempotencyKey: readIdempotencyKey(c),
      onReplay: () => {
        isReplay = true
      },
      client: () => c.req.raw.signal,
      me: () => readMe(deps, c),
      assignee: toAssignee(deps.ownerEmail),
      requestId: c.get('requestId'),
      log: deps.log,
    }
    await recordSession(caller.ctx.actor)
    const produced = await answer(acceptingBoth(c.req.raw), body, caller)
    const response = await inAcceptedType(
      isCall(body) ? await readWhole(produced) : produced,
      c.req.header('accept') ?? '',
    )
    if (isReplay) c.header('Idempotency-Replayed', 'true')
    if (response.ok && Initialize.safeParse(body).success) {
      c.header('Mcp-Session-Id', toSessionId(client, randomUUID()))
    }
    for (const [name, value] of response.headers) if (name !== 'cache-control') c.header(name, value)
    return c.newResponse(response.body, response.status as 200)
  })
}

function isCall(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'tools/call'
}

// Headers, e.g. Idempotency-Replayed, depend on what the tool did, so it must finish first.
async function readWhole(response: Response): Promise<Response> {
  return new Response(await response.text(), { status: response.status, headers: response.headers })
}

async function readJson(c: ApiContext): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw new HTTPException(415)
  try {
    return await c.req.json()
  } catch {
    throw new HTTPException(400)
  }
}

const WithSession = z.object({
  params: z.object({ _meta: z.object({ sessionId: z.string().min(1).max(200) }) }),
})

const WithToolUse = z.object({
  params: z.object({ _meta: z.object({ 'claudecode/toolUseId': z.string().min(1).max(200) }) }),
})

/** Returns the session whose hook announced this call: Claude Code names no other; null without one. */
async function hookSessionOf(deps: ApiParts, c: ApiContext, body: unknown): Promise<string | null> {
  const useId = WithToolUse.safeParse(body).data?.params._meta['claudecode/toolUseId']
  // The token of a run names its session.
  return useId === undefined || c.get('run') !== null
    ? null
    : findSessionOfUse(deps.db, c.get('token').id, useId)
}

/** Returns the client's session: the ID in the call, otherwise the one from `initialize`; null without either. */
function sessionOf(c: ApiContext, body: unknown): string | null {
  const named = WithSession.safeParse(body).data?.params._meta.sessionId
  return named ?? (c.req.header('mcp-session-id') || null)
}

function engineOf(c: ApiContext, body: unknown) {
  const named = Initialize.safeParse(body).data?.params.clientInfo.name
  const name = named ?? Named.safeParse(body).data?.params._meta['io.modelcontextprotocol/clientInfo'].name
  return engineOfClient(name ?? '') ?? engineOfSession(c.req.header('mcp-session-id') ?? '')
}
