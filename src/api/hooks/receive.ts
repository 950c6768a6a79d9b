import type { Ctx } from '../../domain/core/context.ts'
import { DomainError } from '../../domain/core/errors.ts'
import { storable } from '../../domain/core/text.ts'
import type { ToolUse } from '../../domain/questions/danger/danger.ts'
import type { Question } from '../../domain/questions/question.ts'
import { type HookReply, holdSecondsOf, type OwnerWords } from '../../domain/sessions/hook-decision.ts'
import type { HookEvent } from '../../domain/sessions/hook-event.ts'
import { recordHook, recordStopDelivered } from '../../domain/sessions/record-hook.ts'
import type { PermissionSettings } from '../../domain/settings/settings.ts'
import { readOwnerSettings } from '../../domain/settings/settings.ts'
import { recordDelivered } from '../../domain/tasks/notes/feedback.ts'
import { takeSentBack } from '../../domain/tasks/notes/sent-back.ts'
import { askOwner } from '../../domain/tasks/questions/ask.ts'
import { requireOwnQuestion, withdrawOwnQuestion } from '../../domain/tasks/questions/close-questions.ts'
import { lockedMessage } from '../../domain/tasks/questions/lock.ts'
import type { ApiParts } from '../kit/deps.ts'
import type { HookBody } from './hook-body.ts'
import { readHook } from './read-hook.ts'
import { allow, deny, type HookAnswer, noDecision, toDecision } from './reply.ts'
import { type StopAnswer, toStopAnswer } from './stop-answer.ts'
import { toWordsAnswer, type WordsAnswer } from './words.ts'

/** A hook's request. */
export interface HookRequest {
  readonly ctx: Ctx
  readonly agent: 'claude' | 'codex'
  readonly body: HookBody
  /** It came through a proxy, which may cut a long wait. */
  readonly isProxied: boolean
  /** Aborts when the agent hangs up. */
  readonly client: AbortSignal
  /** Calls back once the answer has been written; never if the connection broke before. */
  readonly afterAnswer: (then: () => Promise<void>) => void
}

const maxPath = 4_096
// The wait ends when its question expires, which takes up to a second to notice.
const graceSeconds = 3

/** Builds the function that answers hooks: it records the event, and holds a request until its question is closed. */
export function createHookReceiver(
  deps: ApiParts,
): (request: HookRequest) => Promise<HookAnswer | WordsAnswer | StopAnswer> {
  const { held = new Map<string, number>() } = deps

  /** Waits until a question is closed, and notes in the meantime that a request waits for it. */
  async function wait({ client }: HookRequest, { id, expiresAt }: Question): Promise<Question> {
    const leftMs = expiresAt === null ? 0 : Math.max(0, expiresAt.getTime() - deps.now().getTime())
    held.set(id, (held.get(id) ?? 0) + 1)
    try {
      return await deps.questions.wait(id, { seconds: leftMs / 1_000 + graceSeconds, until: client })
    } finally {
      const others = (held.get(id) ?? 1) - 1
      if (others > 0) held.set(id, others)
      else held.delete(id)
    }
  }

  /** Holds the request until the answer. What nothing waits for anymore is withdrawn. */
  async function hold(request: HookRequest, asked: Question, use: ToolUse): Promise<HookAnswer> {
    const { id, state, kind, answer } = await wait(request, asked)
    if (state === 'answered' && answer !== null) return toDecision(use, { kind, answer })
    if (state === 'open' && !held.has(id)) await withdrawOwnQuestion(request.ctx, id, 'agent')
    return noDecision
  }

  function bring(
    { ctx, afterAnswer }: HookRequest,
    event: HookEvent,
    words: readonly OwnerWords[],
  ): WordsAnswer {
    afterAnswer(() => recordDelivered(ctx, words))
    return toWordsAnswer(event, words)
  }

  function stop({ ctx, agent, afterAnswer }: HookRequest, event: HookEvent, taskKey: string): StopAnswer {
    afterAnswer(() => recordStopDelivered(ctx))
    return toStopAnswer(event, { agent, taskKey })
  }

  async function ask(
    request: HookRequest,
    { question, tool }: HookReply & { readonly kind: 'ask' },
    use: ToolUse,
    permissions: PermissionSettings,
  ): Promise<HookAnswer> {
    const { ctx, agent, isProxied } = request
    const { kind, items, detail } = question
    const holdMs = holdSecondsOf(permissions, { agent, isProxied }) * 1_000
    const expiresAt = new Date(deps.now().getTime() + holdMs)
    const asked = await askOwner(
      ctx,
      { kind, items: [...items], ...(detail === null ? {} : { detail }) },
      { expiresAt, tool },
    )
    // The owner may have locked permissions since they were read.
    if (kind === 'permission' && (await readOwnerSettings(ctx)).permissions.isLocked) {
      await withdrawOwnQuestion(ctx, asked.question.id, 'agent')
      return deny(lockedMessage)
    }
    return hold(request, asked.question, use)
  }

  return async (request) => {
    const { ctx, body, agent } = request
    const { event, use } = readHook(body, deps.redactor.text)
    const cwd = body.cwd ? storable(body.cwd).slice(0, maxPath) : null
    const { reply, withdrawn, permissions } = await recordHook(ctx, { event, cwd, agent })
    for (const id of withdrawn) await withdrawOwnQuestion(ctx, id, 'terminal')
    switch (reply.kind) {
      case 'allow':
        return allow
      case 'lock':
        return deny(lockedMessage)
      case 'words':
        return bring(request, event, reply.words)
      case 'take-back': {
        const words = await takeSentBack(ctx, reply.run)
        return words.length === 0 ? noDecision : bring(request, event, words)
      }
      case 'stop':
        return stop(request, event, reply.taskKey)
      case 'none':
        return noDecision
    }
    if (use === null) return noDecision
    try {
      const answer =
        reply.kind === 'join'
          ? await hold(request, await requireOwnQuestion(ctx, reply.id), use)
          : await ask(request, reply, use, permissions)
      // The owner's Stop withdrew the question.
      const isStopped = answer === noDecision && !request.client.aborted
      const after = isStopped ? (await recordHook(ctx, { event, cwd, agent })).reply : null
      return after?.kind === 'stop' ? stop(request, event, after.taskKey) : answer
    } catch (error) {
      // E.g. its task was done in the meantime. The agent's own prompt decides.
      if (!(error instanceof DomainError)) throw error
      deps.log.info({ err: error, tool: use.name }, "a hook's question was refused")
      return noDecision
    }
  }
}
