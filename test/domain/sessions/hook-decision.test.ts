import { describe, expect, test } from 'vitest'
import { toItems } from '../../../src/domain/questions/new-question.ts'
import { decideHook, type HookState, holdSecondsOf } from '../../../src/domain/sessions/hook-decision.ts'
import type { HookEvent, HookQuestion, ReportedUse } from '../../../src/domain/sessions/hook-event.ts'

const idle: HookState = {
  announced: [],
  waiting: [],
  rules: [],
  permissions: { presence: null, isLocked: false },
  words: [],
  stopBlocks: 0,
  stopped: null,
  sentBack: null,
}
const question = (fields: Partial<HookQuestion> = {}): HookQuestion => ({
  kind: 'permission',
  items: [{ text: 'Run this command?' }],
  detail: 'ls',
  isDangerous: false,
  ...fields,
})
const use = (fields: Partial<ReportedUse> = {}): ReportedUse => ({
  name: 'Bash',
  input: 'ls',
  useId: null,
  agentId: null,
  ...fields,
})
const asked = (fields: Partial<HookEvent & { kind: 'asked' }> = {}): HookEvent => ({
  kind: 'asked',
  use: use(),
  isOwnTool: false,
  question: question(),
  ...fields,
})
const waiting = (id: string, fields: Partial<ReportedUse> = {}) => ({
  id,
  kind: 'permission' as const,
  items: toItems('permission', question().items),
  detail: question().detail,
  tool: { ...use(fields), isDangerous: false },
})
const used = (fields: Partial<ReportedUse> = {}): HookEvent => ({
  kind: 'used',
  use: use(fields),
  startedTask: null,
  hears: true,
  files: [],
  ranTests: false,
})
const replyTo = (state: Partial<HookState>, event: HookEvent) =>
  decideHook({ ...idle, ...state }, event).reply.kind
const withdrawnBy = (state: Partial<HookState>, event: HookEvent) =>
  decideHook({ ...idle, ...state }, event).withdrawn

const locked = { presence: null, isLocked: true } as const
const here = { presence: 'here', isLocked: false } as const
const rules = [{ tool: 'Bash', input: 'ls' }]

describe('a request for permission', () => {
  test.each<[string, Partial<HookState>, Partial<HookEvent & { kind: 'asked' }>, string]>([
    ['asks the owner', {}, {}, 'ask'],
    ['for our own tool is allowed', {}, { isOwnTool: true, question: null }, 'allow'],
    [
      'for our own tool is allowed while locked',
      { permissions: locked },
      { isOwnTool: true, question: null },
      'allow',
    ],
    ['that the chat cannot show gets nothing', {}, { question: null }, 'none'],
    ['is denied while locked', { permissions: locked }, {}, 'lock'],
    ['is denied while locked, even with a rule', { permissions: locked, rules }, {}, 'lock'],
    ['gets nothing while the owner is here', { permissions: here }, {}, 'none'],
    ['asks while the owner is away', { permissions: { presence: 'away', isLocked: false } }, {}, 'ask'],
    ['with a rule is allowed', { rules }, {}, 'allow'],
    ['with a rule is allowed while the owner is here', { rules, permissions: here }, {}, 'allow'],
    ['with a rule for another input asks', { rules: [{ tool: 'Bash', input: 'ls -a' }] }, {}, 'ask'],
    ['with a rule for another tool asks', { rules: [{ tool: 'Read', input: 'ls' }] }, {}, 'ask'],
    [
      'that is dangerous asks despite a rule',
      { rules },
      { question: question({ isDangerous: true }) },
      'ask',
    ],
    ['that repeats an open one joins it', { waiting: [waiting('q')] }, {}, 'join'],
    [
      'of a subagent does not join the main agent’s',
      { waiting: [waiting('q')] },
      { use: use({ agentId: 'a' }) },
      'ask',
    ],
    [
      'that shows something else does not join',
      { waiting: [{ ...waiting('q'), detail: 'ls -a' }] },
      {},
      'ask',
    ],
    ['for another input does not join', { waiting: [waiting('q', { input: 'ls -a' })] }, {}, 'ask'],
  ])('%s', (_, state, event, reply) => {
    expect(replyTo(state, asked(event))).toBe(reply)
  })

  test.each(['ask', 'plan'] as const)(
    'of the kind %s comes to the chat even if the owner is here or locked',
    (kind) => {
      for (const permissions of [here, locked])
        expect(replyTo({ permissions, rules }, asked({ question: question({ kind }) }))).toBe('ask')
    },
  )

  test('takes the ID of the announcement right before it', () => {
    const announced = [use({ useId: 't1' }), use({ useId: 't2' }), use({ useId: 't3', agentId: 'a' })]

    const { reply, announced: left } = decideHook({ ...idle, announced }, asked())

    expect(reply).toMatchObject({ kind: 'ask', tool: { useId: 't2' } })
    expect(left.map(({ useId }) => useId)).toEqual(['t1', 't3'])
  })

  test('with its own announcement is another one, not a repeated one', () => {
    const state = { announced: [use({ useId: 't2' })], waiting: [waiting('q', { useId: 't1' })] }

    expect(replyTo(state, asked())).toBe('ask')
  })

  test('for our own tool keeps its announcement, by which its call is found', () => {
    const announced = [use({ useId: 't1' })]

    expect(decideHook({ ...idle, announced }, asked({ isOwnTool: true, question: null })).announced).toEqual(
      announced,
    )
  })
})

describe('what withdraws a question', () => {
  const parallel = {
    waiting: [
      waiting('main', { useId: 't1' }),
      waiting('other', { useId: 't2', input: 'make' }),
      waiting('sub', { useId: 't3', agentId: 'a' }),
      waiting('sub-2', { useId: null, agentId: 'b' }),
    ],
  }

  test.each<[string, HookEvent, string[]]>([
    ['the end of the tool use with its ID', used({ useId: 't1' }), ['main']],
    ['the end of a tool use with its ID and another input', used({ useId: 't2', input: '' }), ['other']],
    ['no end of another tool use with the same input', used({ useId: 't9' }), []],
    [
      'the end of a use with the same input in the same agent, without an ID',
      used({ agentId: 'b', useId: 't9' }),
      ['sub-2'],
    ],
    ['the end of a use that has no ID', used(), ['main']],
    ['the stop of the main agent', { kind: 'turn-ended', agentId: null }, ['main', 'other']],
    ['the stop of its subagent', { kind: 'turn-ended', agentId: 'a' }, ['sub']],
    ['the stop of no other subagent', { kind: 'turn-ended', agentId: 'c' }, []],
    ['the end of the session', { kind: 'session-ended' }, ['main', 'other', 'sub', 'sub-2']],
    ['nothing else', { kind: 'seen' }, []],
    ['no announcement', { kind: 'announced', use: use() }, []],
    ['no further request', asked({ use: use({ input: 'pwd' }) }), []],
  ])('%s', (_, event, ids) => {
    expect(withdrawnBy(parallel, event)).toEqual(ids)
  })
})

describe('announcements', () => {
  const announced = [use({ useId: 't1' }), use({ useId: 't2', agentId: 'a' })]
  const leftAfter = (event: HookEvent) =>
    decideHook({ ...idle, announced }, event).announced.map(({ useId }) => useId)

  test('end with their tool use, their agent’s turn or their session', () => {
    expect(leftAfter(used({ useId: 't1' }))).toEqual(['t2'])
    expect(leftAfter({ kind: 'turn-ended', agentId: null })).toEqual(['t2'])
    expect(leftAfter({ kind: 'turn-ended', agentId: 'a' })).toEqual(['t1'])
    expect(leftAfter({ kind: 'session-ended' })).toEqual([])
    expect(leftAfter({ kind: 'seen' })).toEqual(['t1', 't2'])
  })

  test.each([99, 100, 101])('are kept up to 100; of %i the oldest go', (count) => {
    const many = Array.from({ length: count - 1 }, (_, index) => use({ useId: `t${index}` }))

    const { announced } = decideHook(
      { ...idle, announced: many },
      { kind: 'announced', use: use({ useId: 'last' }) },
    )

    expect(announced).toHaveLength(Math.min(count, 100))
    expect(announced.at(-1)?.useId).toBe('last')
  })
})

describe('how long a request waits', () => {
  const holdSeconds = { claude: 540, codex: 50, proxy: 45 }
  test.each([
    ['claude', null, false, 540],
    ['claude', 'here', false, 540],
    ['codex', null, false, 50],
    ['codex', 'here', false, 50],
    ['codex', 'away', false, 540],
    ['claude', null, true, 45],
    ['codex', 'away', true, 45],
  ] as const)('%s with the owner %s, proxied %s: %i s', (agent, presence, isProxied, seconds) => {
    expect(holdSecondsOf({ presence, isLocked: false, holdSeconds }, { agent, isProxied })).toBe(seconds)
  })

  test('is never longer behind a proxy', () => {
    const short = { claude: 20, codex: 10, proxy: 50 }
    expect(
      holdSecondsOf(
        { presence: null, isLocked: false, holdSeconds: short },
        { agent: 'claude', isProxied: true },
      ),
    ).toBe(20)
  })
})

describe('the owner’s words', () => {
  const words = [{ id: 'l1', taskKey: 'WEB-1', text: 'Use the left one' }]
  const stop: HookEvent = { kind: 'turn-ended', agentId: null }
  const decide = (state: Partial<HookState>, event: HookEvent) => decideHook({ ...idle, ...state }, event)

  test.each<[string, Partial<HookState>, HookEvent, string, number]>([
    ['come with a used tool', { words }, used(), 'words', 0],
    ['do not come without words', {}, used(), 'none', 0],
    ['do not come where they are not heard', { words }, { ...used(), hears: false } as HookEvent, 'none', 0],
    ['come with a stop', { words }, stop, 'words', 1],
    ['come with the third stop in a row', { words, stopBlocks: 2 }, stop, 'words', 3],
    ['do not come with the fourth', { words, stopBlocks: 3 }, stop, 'none', 3],
    ['come after three stops with a used tool', { words, stopBlocks: 3 }, used(), 'words', 0],
    ['do not come with the stop of a subagent', { words }, { kind: 'turn-ended', agentId: 'a' }, 'none', 0],
    ['do not come with a prompt', { words, stopBlocks: 3 }, { kind: 'prompted' }, 'none', 0],
    ['do not come with an announced tool', { words }, { kind: 'announced', use: use() }, 'none', 0],
    ['do not come with a request', { words }, asked(), 'ask', 0],
    ['do not come at the end', { words }, { kind: 'session-ended' }, 'none', 0],
  ])('%s', (_, state, event, reply, stopBlocks) => {
    expect(decide(state, event)).toMatchObject({ reply: { kind: reply }, stopBlocks })
  })

  test('are all of them', () => {
    const several = [...words, { id: 'l2', taskKey: 'WEB-1', text: 'And test it' }]
    expect(decide({ words: several }, used()).reply).toEqual({ kind: 'words', words: several })
  })
})
