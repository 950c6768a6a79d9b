import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readHook } from '../../../src/api/hooks/read-hook.ts'
import { allow, deny, type HookAnswer, noDecision, toDecision } from '../../../src/api/hooks/reply.ts'
import type { ToolUse } from '../../../src/domain/questions/danger/danger.ts'
import { decideAnswer } from '../../../src/domain/questions/decide-answer.ts'
import { toItems } from '../../../src/domain/questions/new-question.ts'
import type { AskedTool, QuestionAnswer, QuestionItem } from '../../../src/domain/questions/question.ts'
import { decideHook, type HookState } from '../../../src/domain/sessions/hook-decision.ts'

// How many interleavings to try; `npm run test:long` tries 100,000.
const runs = Number(process.env.INTERLEAVINGS ?? 500)

const bash = (command: string): ToolUse => ({ name: 'Bash', input: { command } })
const uses: readonly ToolUse[] = [
  bash('npm test'),
  bash('npm test'),
  bash('ls'),
  bash('rm -rf build'),
  { name: 'Edit', input: { file_path: '/repo/a', old_string: 'a', new_string: 'b' } },
  { name: 'ExitPlanMode', input: { plan: '# Plan' } },
  { name: 'ExitPlanMode', input: { plan: '# Another plan' } },
  {
    name: 'AskUserQuestion',
    input: { questions: [{ question: 'Blue?', options: [{ label: 'No' }, { label: 'Yes' }] }] },
  },
  {
    name: 'AskUserQuestion',
    input: { questions: [{ question: 'Red?', options: [{ label: 'Yes' }, { label: 'No' }] }] },
  },
  { name: 'mcp__preqbot__preq_get_task', input: { taskId: 'WEB-1' } },
]
const agents = [null, 'sub-1', 'sub-2'] as const

interface Asked {
  readonly id: number
  readonly session: string
  readonly kind: 'permission' | 'ask' | 'plan'
  readonly items: readonly QuestionItem[]
  readonly detail: string | null
  readonly tool: AskedTool
  /** What the agent wanted when the owner was asked. */
  readonly shown: ToolUse
  state: 'open' | 'answered' | 'expired' | 'withdrawn'
}

interface Pending {
  readonly use: ToolUse
  readonly agent: string | null
  readonly question: Asked
  isWaiting: boolean
}

interface Rule {
  readonly session: string
  readonly tool: string
  readonly input: string
}

type Step =
  | {
      readonly kind: 'announce' | 'ask' | 'end'
      readonly use: number
      readonly agent: number
      readonly session: number
    }
  | { readonly kind: 'turn' | 'over'; readonly agent: number; readonly session: number }
  | {
      readonly kind: 'tap'
      readonly question: number
      readonly choice: 'allow' | 'deny' | 'session' | 'words' | 'approve' | '1'
    }
  | { readonly kind: 'hang-up' | 'timeout'; readonly request: number }
  | { readonly kind: 'restart' | 'lock' | 'unlock' | 'here' | 'away' | 'revoke' }

const index = (max: number) => fc.nat(max - 1)
const place = { agent: index(agents.length), session: index(2) }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('announce' as const), use: index(uses.length), ...place }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), use: index(uses.length), ...place }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('end' as const), use: index(uses.length), ...place }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('turn' as const, 'over' as const), ...place }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('tap' as const),
      question: fc.nat(5),
      choice: fc.constantFrom('allow', 'allow', 'deny', 'session', 'words', 'approve', '1'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('hang-up' as const, 'timeout' as const),
      request: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'restart' as const,
        'lock' as const,
        'unlock' as const,
        'here' as const,
        'away' as const,
        'revoke' as const,
      ),
    }),
  },
)

/** Plays the parts around the pure decisions: rows as lists, requests as entries that get one answer at most. */
function createWorld() {
  let lastUseId = 0
  const useIds = new Map<string, readonly string[]>()
  let permissions: HookState['permissions'] = { presence: null, isLocked: false }
  let rules: Rule[] = []
  const announced = new Map<string, HookState['announced']>()
  const questions: Asked[] = []
  const requests: Pending[] = []

  const waitingFor = (question: Asked) => requests.filter((one) => one.isWaiting && one.question === question)
  const answerAll = (question: Asked, toAnswer: (request: Pending) => HookAnswer) => {
    for (const request of waitingFor(question)) {
      request.isWaiting = false
      const answer = toAnswer(request)
      // The owner saw exactly this use of the tool, and nothing else is allowed.
      if (isAllowed(answer)) expect(shownOf(request.use)).toEqual(shownOf(question.shown))
    }
  }
  const close = (question: Asked, state: 'expired' | 'withdrawn') => {
    if (question.state !== 'open') return
    question.state = state
    answerAll(question, () => noDecision)
  }

  function send(session: string, agent: string | null, event: string, use?: ToolUse, useId?: string): void {
    const body = { tool_name: use?.name, tool_input: use?.input, tool_use_id: useId }
    const read = readHook(
      { session_id: session, hook_event_name: event, agent_id: agent, cwd: '/repo', ...body },
      (text) => text,
    )
    const open = questions.filter((one) => one.session === session && one.state === 'open')
    const waiting = open.map(({ id, ...asked }) => ({ ...asked, id: String(id) }))
    const state = {
      announced: announced.get(session) ?? [],
      waiting,
      rules: rules.filter((rule) => rule.session === session),
      permissions,
      words: [],
      stopBlocks: 0,
      stopped: null,
      sentBack: null,
    }
    const decision = decideHook(state, read.event)
    announced.set(session, decision.announced)
    if (decision.endsSession) rules = rules.filter((rule) => rule.session !== session)
    for (const id of decision.withdrawn) {
      const question = questions[Number(id)]
      if (question === undefined) throw new Error(`no question ${id}`)
      // Nothing of another session or of a parallel agent ends with it.
      expect(question.session).toBe(session)
      if (event !== 'SessionEnd') expect(question.tool.agentId).toBe(agent)
      close(question, 'withdrawn')
    }
    if (read.event.kind !== 'asked' || use === undefined) {
      expect(decision.reply.kind).toBe('none')
      return
    }
    const { kind } = decision.reply
    const { input } = read.event.use
    const isPermission = read.event.question?.kind === 'permission'
    if (kind === 'allow') {
      const isRuled = state.rules.some((rule) => rule.tool === use.name && rule.input === input)
      const isFree = read.event.isOwnTool || (isRuled && isPermission && !permissions.isLocked)
      expect(isFree && read.event.question?.isDangerous !== true).toBe(true)
    }
    if (isPermission && permissions.isLocked) expect(kind).toBe('lock')
    if (decision.reply.kind === 'join') {
      const question = questions[Number(decision.reply.id)]
      if (question === undefined) throw new Error('joined nothing')
      expect(question.state).toBe('open')
      requests.push({ use, agent, question, isWaiting: true })
    }
    if (decision.reply.kind === 'ask') {
      const { question, tool } = decision.reply
      const asked: Asked = {
        id: questions.length,
        session,
        kind: question.kind,
        items: toItems(question.kind, question.items as never),
        detail: question.detail,
        tool,
        shown: use,
        state: 'open',
      }
      questions.push(asked)
      requests.push({ use, agent, question: asked, isWaiting: true })
    }
  }

  function tap(question: Asked, choice: Extract<Step, { kind: 'tap' }>['choice']): void {
    const options = choice === 'session' ? ['allow'] : [choice]
    const input =
      choice === 'words' ? { text: 'yes, allow it' } : { options, forSession: choice === 'session' }
    let answer: QuestionAnswer
    try {
      const decided = decideAnswer({ ...question, draft: null }, input)
      if (decided.kind !== 'answered') return
      answer = decided.answer
    } catch {
      return
    }
    // The guard of the statement: a closed question stays as it is.
    if (question.state !== 'open') return
    const hadWaiting = waitingFor(question).length
    expect(hadWaiting).toBeGreaterThan(0)
    question.state = 'answered'
    if (choice === 'session') {
      expect(question.tool.isDangerous).toBe(false)
      rules.push({ session: question.session, tool: question.tool.name, input: question.tool.input })
    }
    answerAll(question, ({ use }) => {
      const reply = toDecision(use, { kind: question.kind, answer })
      if (choice === 'words' || choice === 'deny')
        expect(question.kind === 'permission' && isAllowed(reply)).toBe(false)
      if (question.kind === 'permission')
        expect(isAllowed(reply)).toBe(choice === 'allow' || choice === 'session')
      return reply
    })
  }

  return (step: Step): void => {
    switch (step.kind) {
      case 'announce':
      case 'ask':
      case 'end': {
        const event = { announce: 'PreToolUse', ask: 'PermissionRequest', end: 'PostToolUse' }[step.kind]
        const agent = agents[step.agent] ?? null
        const session = `s${step.session}`
        // The IDs of tool uses are unique, so an end carries one that its agent announced, or one that nobody announced.
        const ids = useIds.get(`${session} ${agent}`) ?? []
        if (step.kind === 'announce') useIds.set(`${session} ${agent}`, [...ids, `t${++lastUseId}`])
        const useId = { announce: `t${lastUseId}`, ask: undefined, end: ids.at(-1 - step.use) }[step.kind]
        send(session, agent, event, uses[step.use], useId)
        return
      }
      case 'turn': {
        const agent = agents[step.agent] ?? null
        send(`s${step.session}`, agent, agent === null ? 'Stop' : 'SubagentStop')
        return
      }
      case 'over':
        send(`s${step.session}`, null, 'SessionEnd')
        return
      case 'tap': {
        const question = questions.at(-1 - step.question)
        if (question !== undefined) tap(question, step.choice)
        return
      }
      case 'hang-up': {
        const request = requests.at(-1 - step.request)
        if (!request?.isWaiting) return
        request.isWaiting = false
        if (waitingFor(request.question).length === 0) close(request.question, 'withdrawn')
        return
      }
      case 'timeout': {
        const request = requests.at(-1 - step.request)
        if (request !== undefined) close(request.question, 'expired')
        return
      }
      case 'restart':
        for (const request of requests) request.isWaiting = false
        for (const question of questions) close(question, 'withdrawn')
        return
      case 'lock':
        permissions = { ...permissions, isLocked: true }
        for (const question of questions) {
          if (question.state !== 'open' || question.kind !== 'permission') continue
          question.state = 'answered'
          answerAll(question, () => deny('locked'))
        }
        return
      case 'unlock':
        permissions = { ...permissions, isLocked: false }
        return
      case 'here':
      case 'away':
        permissions = { ...permissions, presence: step.kind }
        return
      case 'revoke':
        rules = rules.slice(1)
    }
  }
}

function isAllowed(answer: HookAnswer): boolean {
  return (
    'hookSpecificOutput' in answer &&
    answer.hookSpecificOutput.decision.behavior === allow.hookSpecificOutput.decision.behavior
  )
}

// A plan and a question are known by their tool; the decision carries the request's own input.
function shownOf({ name, input }: ToolUse): unknown {
  return name === 'Bash' ? [name, input.command] : [name, input]
}

test('no interleaving allows what the owner did not see and allow while it waited', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const play = createWorld()
      for (const one of steps) play(one)
    }),
    { numRuns: runs },
  )
})
