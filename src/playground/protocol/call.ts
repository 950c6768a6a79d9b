import { setTimeout as sleep } from 'node:timers/promises'
import type { CallContext, Method } from '../methods/method.ts'
import { methods } from '../methods/table.ts'
import type { World } from '../world/model.ts'
import type { Fault } from './faults.ts'
import { refuseAsTelegram, refuseViolations } from './precheck.ts'
import { BotApiError, refuseCall } from './refusal.ts'
import { openSchema } from './schema.ts'

export interface CallRequest {
  readonly world: World
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly uploads: CallContext['uploads']
  readonly signal: AbortSignal
  readonly fetchFile: CallContext['fetchFile']
}

/** The answer to the bot; `lost` drops the connection instead. */
export type CallAnswer =
  | { readonly kind: 'result'; readonly result: unknown; readonly description: string | undefined }
  | { readonly kind: 'error'; readonly refusal: BotApiError }
  | { readonly kind: 'lost' }

const byLowerCase = new Map(Object.keys(methods).map((name) => [name.toLowerCase(), name]))
const limitedMethods = /^(?:send(?!ChatAction)|edit|delete(?:Message|Messages$)|forward|copy)/

/** Returns a method's canonical name; undefined if it isn't implemented. */
export function toMethodName(name: string): string | undefined {
  return byLowerCase.get(name.toLowerCase())
}

/** Runs a Bot API call: planned faults, checks, limits, then the method. */
export async function answerCall(request: CallRequest): Promise<CallAnswer> {
  const { world, method, signal } = request
  const fault = world.faults.takeCall(method)
  if (fault?.kind === 'lost-before') return record(request, { kind: 'lost' })
  const answer = await carryOut(request, fault)
  const isLost = fault?.kind === 'lost-after'
  record(request, answer)
  if (fault?.kind === 'late-answer') await sleep(fault.ms, undefined, { signal }).catch(() => undefined)
  return isLost ? { kind: 'lost' } : answer
}

async function carryOut(request: CallRequest, fault: Fault | undefined): Promise<CallAnswer> {
  let description: string | undefined
  const describe = (text: string) => {
    description = text
  }
  try {
    if (fault !== undefined) await applyFault(request, fault)
    check(request)
    const method = methods[request.method] as Method
    const result = await method(request.params as never, { ...request, describe })
    return { kind: 'result', result: structuredClone(result), description }
  } catch (error) {
    if (!(error instanceof BotApiError)) {
      return {
        kind: 'error',
        refusal: new BotApiError(500, `Internal Server Error: the playground failed: ${error}`),
      }
    }
    if (error.violation !== undefined) violate(request, error.violation, error.message)
    return { kind: 'error', refusal: error }
  }
}

function check({ world, method, params }: CallRequest): void {
  const schema = openSchema()
  const violations = schema.violations(method, params)
  for (const { detail } of violations) {
    world.emit({ type: 'violation', violation: { kind: 'schema', method, detail } })
  }
  refuseAsTelegram(schema, method, params)
  refuseViolations(method, violations)
  if (!limitedMethods.test(method)) return
  const pause = world.limits.take(Number(params.chat_id), world.clock().getTime())
  if (pause === null) return
  refuseCall(429, `Too Many Requests: retry after ${pause.retryAfter}`, {
    retryAfter: pause.retryAfter,
    ...(pause.early ? { violation: 'flood' } : {}),
  })
}

async function applyFault({ world, params, signal }: CallRequest, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      return sleep(fault.ms, undefined, { signal }).catch(() => undefined)
    case '429':
      world.limits.hold(Number(params.chat_id), world.clock().getTime() + fault.retryAfter * 1000)
      return refuseCall(429, `Too Many Requests: retry after ${fault.retryAfter}`, {
        retryAfter: fault.retryAfter,
      })
    case '500':
      return refuseCall(500, 'Internal Server Error')
    case '400-parse':
      return refuseCall(
        400,
        'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
      )
    case '403-blocked':
      return refuseCall(403, 'Forbidden: bot was blocked by the user')
    case 'lost-before':
    case 'lost-after':
    case 'late-answer':
    case 'refuse-connection':
    case 'double-update':
      return
  }
}

function violate({ world, method }: CallRequest, kind: 'limit' | 'flood', detail: string): void {
  world.emit({ type: 'violation', violation: { kind, method, detail } })
}

function record({ world, method, params }: CallRequest, answer: CallAnswer): CallAnswer {
  const at = world.clock()
  const outcome =
    answer.kind === 'result'
      ? { ok: true, result: answer.result }
      : answer.kind === 'error'
        ? { ok: false, error: { code: answer.refusal.code, description: answer.refusal.message } }
        : { ok: false, error: { code: 0, description: 'The request was lost.' } }
  world.emit({ type: 'call', call: { method, params, at, ...outcome } })
  return answer
}
