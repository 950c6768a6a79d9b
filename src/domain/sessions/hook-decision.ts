import { isDeepStrictEqual } from 'node:util'
import type { AnnouncedTools, AskedTool } from '../../db/schema.ts'
import { toItems } from '../questions/new-question.ts'
import type { OpenQuestion } from '../questions/question.ts'
import type { PermissionSettings } from '../settings/settings.ts'
import type { HookEvent, HookQuestion, ReportedUse } from './hook-event.ts'

// Announcements of tools that never report their end, e.g. because they were denied. The oldest are dropped.
const maxAnnounced = 100
// A Stop hook that brings words makes the agent go on.
const maxStopBlocks = 3

/** An open question of a session's hooks. */
export interface WaitingQuestion extends Pick<OpenQuestion, 'id' | 'kind' | 'items' | 'detail'> {
  readonly tool: AskedTool
}

/** The owner's comment on a task that a session works on. */
export interface OwnerWords {
  /** The ID of its work log. */
  readonly id: string
  readonly taskKey: string
  readonly text: string
}

/** What is known about a session when a hook reports something. */
export interface HookState {
  readonly announced: AnnouncedTools
  /** The session's open questions from hooks, oldest first. */
  readonly waiting: readonly WaitingQuestion[]
  /** What the owner allowed for the rest of the session. */
  readonly rules: readonly { readonly tool: string; readonly input: string }[]
  readonly permissions: Pick<PermissionSettings, 'presence' | 'isLocked'>
  /** The owner's comments that the session hasn't got yet, oldest first. */
  readonly words: readonly OwnerWords[]
  /** How many Stop hooks in a row brought words. */
  readonly stopBlocks: number
  /** The run that the owner stopped, while its agent goes on. */
  readonly stopped: { readonly taskKey: string; readonly agent: 'claude' | 'codex' } | null
  /** The run that it has just completed, if its task is queued again. */
  readonly sentBack: SentBackRun | null
}

/** What a hook's request gets. */
export type HookReply =
  /** Nothing: the agent goes on as without hooks. */
  | { readonly kind: 'none' }
  | { readonly kind: 'allow' }
  | { readonly kind: 'lock' }
  /** The request waits for an open question that it repeats. */
  | { readonly kind: 'join'; readonly id: string }
  | { readonly kind: 'ask'; readonly question: HookQuestion; readonly tool: AskedTool }
  /** The owner's words, for the model's next request. */
  | { readonly kind: 'words'; readonly words: readonly OwnerWords[] }
  /** The agent must end its run of a task. */
  | { readonly kind: 'stop'; readonly taskKey: string }
  /** The session takes back the task that it has just completed, with the owner's words. */
  | { readonly kind: 'take-back'; readonly run: SentBackRun }

/** A run that the session completed, whose task may be its own again. */
export interface SentBackRun {
  readonly runId: string
  readonly taskId: string
}

/** What a hook event changes and answers. */
export interface HookDecision {
  readonly announced: AnnouncedTools
  /** The questions that nothing waits for anymore. */
  readonly withdrawn: readonly string[]
  readonly endsSession: boolean
  readonly stopBlocks: number
  readonly reply: HookReply
}

/** Decides what a hook event changes and answers. A run that the owner stopped gets nothing else. */
export function decideHook(state: HookState, event: HookEvent): HookDecision {
  const decision = decideRunning(state, event)
  const { stopped } = state
  if (stopped === null || event.kind === 'prompted') return decision
  const { taskKey, agent } = stopped
  // Codex goes on after a used tool, whatever the answer.
  const isHeard =
    event.kind === 'announced' || event.kind === 'asked' || (event.kind === 'used' && agent === 'claude')
  return { ...decision, reply: isHeard ? { kind: 'stop', taskKey } : { kind: 'none' } }
}

function decideRunning(state: HookState, event: HookEvent): HookDecision {
  const same = {
    announced: state.announced,
    withdrawn: [],
    endsSession: false,
    stopBlocks: state.stopBlocks,
    reply: { kind: 'none' },
  } as const
  switch (event.kind) {
    case 'announced':
      return { ...same, announced: [...state.announced, event.use].slice(-maxAnnounced) }
    case 'asked':
      return { ...same, ...decideAsked(state, event) }
    case 'used':
      return {
        ...same,
        announced: state.announced.filter(({ useId }) => useId === null || useId !== event.use.useId),
        withdrawn: idsOf(state, ({ tool }) => isOver(tool, event.use)),
        stopBlocks: 0,
        ...(event.hears ? toWords(state) : {}),
      }
    case 'turn-ended': {
      const ended = { ...same, ...endTurn(state, event.agentId) }
      if (event.agentId !== null || state.stopBlocks >= maxStopBlocks) return ended
      const { reply } = toWords(state)
      return { ...ended, reply, stopBlocks: state.stopBlocks + (reply.kind === 'none' ? 0 : 1) }
    }
    case 'prompted':
      return { ...same, ...endTurn(state, null), stopBlocks: 0 }
    case 'session-ended':
      return { ...same, announced: [], withdrawn: idsOf(state, () => true), endsSession: true }
    case 'seen':
      return same
  }
}

function toWords({ words, sentBack }: HookState): Pick<HookDecision, 'reply'> {
  if (words.length > 0) return { reply: { kind: 'words', words } }
  return { reply: sentBack === null ? { kind: 'none' } : { kind: 'take-back', run: sentBack } }
}

function endTurn(state: HookState, ended: string | null): Pick<HookDecision, 'announced' | 'withdrawn'> {
  return {
    announced: state.announced.filter(({ agentId }) => agentId !== ended),
    withdrawn: idsOf(state, ({ tool }) => tool.agentId === ended),
  }
}

function decideAsked(
  { announced, waiting, rules, permissions }: HookState,
  { use, isOwnTool, question }: HookEvent & { readonly kind: 'asked' },
): Pick<HookDecision, 'announced' | 'reply'> {
  // The announcement right before a request is its own; it carries the ID that the request lacks.
  const index = announced.findLastIndex((one) => isSameUse(one, use))
  const useId = use.useId ?? announced[index]?.useId ?? null
  const left = announced.filter((_, at) => at !== index)
  // Our own tool's call still needs its announcement, to find its session.
  if (isOwnTool) return { announced, reply: { kind: 'allow' } }
  if (question === null) return { announced: left, reply: { kind: 'none' } }
  if (question.kind === 'permission') {
    if (permissions.isLocked) return { announced: left, reply: { kind: 'lock' } }
    const isAllowed = rules.some(({ tool, input }) => tool === use.name && input === use.input)
    if (isAllowed && !question.isDangerous) return { announced: left, reply: { kind: 'allow' } }
    if (permissions.presence === 'here') return { announced: left, reply: { kind: 'none' } }
  }
  const repeated = waiting.find(
    (one) =>
      isSameUse(one.tool, use) && (useId === null || one.tool.useId === useId) && asksTheSame(one, question),
  )
  if (repeated !== undefined) return { announced: left, reply: { kind: 'join', id: repeated.id } }
  const { name, input, agentId } = use
  const tool = { name, input, agentId, useId, isDangerous: question.isDangerous }
  return { announced: left, reply: { kind: 'ask', question, tool } }
}

function idsOf({ waiting }: HookState, isGone: (question: WaitingQuestion) => boolean): string[] {
  return waiting.filter(isGone).map(({ id }) => id)
}

function isSameUse(one: Omit<ReportedUse, 'useId'>, other: Omit<ReportedUse, 'useId'>): boolean {
  return one.name === other.name && one.input === other.input && one.agentId === other.agentId
}

// Questions and plans are known by their tool alone, so what the owner sees decides too.
function asksTheSame(open: WaitingQuestion, { kind, items, detail }: HookQuestion): boolean {
  return open.kind === kind && open.detail === detail && isDeepStrictEqual(open.items, toItems(kind, items))
}

// Without an ID on both sides, the tool and its input decide.
function isOver(tool: AskedTool, use: ReportedUse): boolean {
  return tool.useId !== null && use.useId !== null ? tool.useId === use.useId : isSameUse(tool, use)
}

/** Returns how long a hook's request waits for an answer, in seconds. */
export function holdSecondsOf(
  { presence, holdSeconds }: PermissionSettings,
  { agent, isProxied }: { readonly agent: 'claude' | 'codex'; readonly isProxied: boolean },
): number {
  // Codex hides its own prompt while it waits, so it waits long only for an owner who is away.
  const isLong = agent === 'claude' || presence === 'away'
  const seconds = isLong ? Math.max(holdSeconds.claude, holdSeconds[agent]) : holdSeconds.codex
  return isProxied ? Math.min(seconds, holdSeconds.proxy) : seconds
}
