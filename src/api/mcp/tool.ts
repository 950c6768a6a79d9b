import { createHash } from 'node:crypto'
import type { CallToolResult } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import type { KeyedRequest } from '../../domain/access/idempotency.ts'
import { keyOf } from '../../domain/core/actor.ts'
import type { Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { requireTask } from '../../domain/tasks/read.ts'
import type { Log } from '../../log.ts'
import type { ApiParts } from '../kit/deps.ts'
import { type ApiAnswer, answerOnce, type CtxExtras, checkedBy } from '../kit/perform.ts'
import { requireRunTool } from '../kit/run-scope.ts'
import { createReader, type Extras } from './arguments.ts'
import { ToolRefusal, toolErrorText } from './tool-error.ts'

/** Who calls a tool, with what its request carries. */
export interface Caller {
  readonly deps: ApiParts
  /** For reads, and for verbs without an idempotency key. */
  readonly ctx: Ctx
  readonly createCtx: (extras: CtxExtras) => Ctx
  readonly tokenId: string
  /** The request's `Idempotency-Key`. */
  readonly idempotencyKey: string | null
  /** Called if the answer is a replay for the same key. */
  readonly onReplay: () => void
  /** Aborts when the client disconnects. */
  readonly client: () => AbortSignal
  /** Returns what the token may do and its open runs. */
  readonly me: () => Promise<Record<string, unknown>>
  readonly assignee: string
  readonly requestId: string
  readonly log: Log
}

/** One call of a tool. */
export interface Call extends Caller {
  /** Set if the call carries an idempotency key. */
  readonly keyed: KeyedRequest | null
}

/** An MCP tool: its input and what it does. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly description: string
  readonly input: Input
  /** Arguments that PREQSTATION's clients send but `tools/list` leaves out. */
  readonly unlisted?: z.ZodRawShape
  readonly kind: 'read' | 'write' | 'delete'
  readonly run: (call: Call, input: z.output<Input> & Extras) => Promise<Record<string, unknown>>
}

/** Infers a tool's input type from its schema. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool {
  // `createToolCall` parses the input with the tool's own schema before it calls `run`.
  return tool as unknown as Tool
}

/** Builds a function that parses a request's arguments and runs a tool. */
export function createToolCall(tool: Tool): (caller: Caller, given: unknown) => Promise<CallToolResult> {
  const read = createReader(tool)
  return async (caller, given) => {
    try {
      requireRunTool(caller.ctx.actor, tool)
      const input = read(given)
      if ('taskId' in tool.input.shape) await requireTaskOf(caller.ctx, input)
      const result = await tool.run({ ...caller, keyed: toKeyedRequest(caller, tool, input) }, input as never)
      return { structuredContent: result, content: [{ type: 'text', text: JSON.stringify(result) }] }
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: toolErrorText(error, caller) }] }
    }
  }
}

/**
 * Runs a tool's verb, only once if the call has a key; then `answer` runs before the commit, which stores it. Null: nothing to answer
 * with yet.
 */
export async function performTool<T>(
  call: Call,
  work: {
    readonly verb: (ctx: Ctx) => Promise<T>
    /** Runs right before the commit; throws to cancel it. */
    readonly check?: () => void
    readonly answer: (result: T) => Promise<Record<string, unknown> | null>
  },
): Promise<Record<string, unknown> | null> {
  const toRefused = (error: unknown): ApiAnswer | null =>
    error instanceof DomainError ? { status: 409, body: { error: toolErrorText(error, call) } } : null
  const render = async (result: T): Promise<ApiAnswer | null> => {
    try {
      const body = await work.answer(result)
      return body && { status: 200, body }
    } catch (error) {
      const refused = toRefused(error)
      if (refused === null) throw error
      return refused
    }
  }
  if (call.keyed === null) {
    const rendered = await render(await work.verb(call.createCtx(checkedBy(work.check))))
    return rendered && unpack(rendered)
  }
  const { answer, isReplay } = await answerOnce(
    call.deps,
    call.keyed,
    call.createCtx,
    { ...work, render },
    toRefused,
  )
  if (isReplay) call.onReplay()
  return answer && unpack({ status: answer.status, body: JSON.parse(answer.body) })
}

function unpack({ status, body }: ApiAnswer): Record<string, unknown> {
  const answer = body as Record<string, unknown>
  if (status >= 400) throw new ToolRefusal(String(answer.error))
  return answer
}

async function requireTaskOf(ctx: Ctx, { taskId, projectKey }: Record<string, unknown> & Extras) {
  if (projectKey === undefined) return
  const { key, project } = await requireTask(ctx, String(taskId))
  if (project.key === projectKey.toUpperCase()) return
  throw new DomainError('invalid', `${key} is in ${project.key}, not in ${projectKey}.`)
}

function toKeyedRequest(
  { tokenId, idempotencyKey, ctx }: Caller,
  tool: Tool,
  { idempotencyKey: own, ...input }: Record<string, unknown> & Extras,
): KeyedRequest | null {
  const key = own ?? idempotencyKey
  if (tool.kind === 'read' || key === null) return null
  const hash = createHash('sha256')
    .update(`${tool.name}\n${JSON.stringify(input)}`)
    .digest('hex')
  return { tokenId, key: ctx.actor.kind === 'agent' ? keyOf(ctx.actor, key) : key, hash }
}
