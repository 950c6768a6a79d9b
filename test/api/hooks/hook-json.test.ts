import { describe, expect, test } from 'vitest'
import { readHook } from '../../../src/api/hooks/read-hook.ts'
import { allow, deny, noDecision, toDecision } from '../../../src/api/hooks/reply.ts'
import { createRedactor } from '../../../src/domain/core/redactor.ts'
import type { QuestionAnswer } from '../../../src/domain/questions/question.ts'

const redact = createRedactor().text
const read = (body: Record<string, unknown>) =>
  readHook({ session_id: 's', hook_event_name: 'PermissionRequest', cwd: '/repo', ...body }, redact)
const questionOf = (tool_name: string, tool_input: Record<string, unknown>) => {
  const { event } = read({ tool_name, tool_input })
  return event.kind === 'asked' ? event.question : null
}
const answer = (...items: [text: string, ...ids: string[]][]): QuestionAnswer => ({
  items: items.map(([text, ...ids], index) => ({
    id: String(index + 1),
    text,
    options: ids.map((id) => ({ id, label: `label ${id}` })),
  })),
})
const decisionOf = (reply: ReturnType<typeof toDecision>) =>
  'hookSpecificOutput' in reply ? reply.hookSpecificOutput.decision : null

const deployment = {
  questions: [
    {
      question: 'Which region?',
      header: 'Region',
      options: [{ label: 'EU (Frankfurt)', description: 'Slower' }, { label: 'US' }],
      multiSelect: false,
    },
    {
      question: 'Which tests?',
      header: 'Tests',
      options: [{ label: 'Unit' }, { label: 'Load, slow' }],
      multiSelect: true,
    },
  ],
}

describe('an event', () => {
  test.each<[string, Record<string, unknown>, object]>([
    ['Stop', {}, { kind: 'turn-ended', agentId: null }],
    ['Stop', { agent_id: 'a' }, { kind: 'turn-ended', agentId: null }],
    ['UserPromptSubmit', { prompt: 'Go on' }, { kind: 'prompted' }],
    ['SubagentStop', { agent_id: 'a' }, { kind: 'turn-ended', agentId: 'a' }],
    ['SubagentStop', {}, { kind: 'seen' }],
    ['SessionEnd', { reason: 'exit' }, { kind: 'session-ended' }],
    ['SessionStart', { source: 'resume' }, { kind: 'seen' }],
    ['Notification', { message: 'x' }, { kind: 'seen' }],
    ['TeammateIdle', { anything: [1] }, { kind: 'seen' }],
    ['PreToolUse', { tool_name: 'Bash' }, { kind: 'seen' }],
    ['PreToolUse', { tool_name: 'Bash', tool_input: 'ls' }, { kind: 'seen' }],
    ['PermissionRequest', { tool_name: '', tool_input: {} }, { kind: 'seen' }],
  ])('%s with %j', (hook_event_name, fields, event) => {
    expect(read({ hook_event_name, ...fields }).event).toEqual(event)
  })

  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ['Write', { file_path: '/repo/a.ts', content: 'x' }, ['/repo/a.ts']],
    ['Edit', { file_path: '/repo/a.ts' }, ['/repo/a.ts']],
    ['NotebookEdit', { notebook_path: '/repo/a.ipynb' }, ['/repo/a.ipynb']],
    ['Read', { file_path: '/repo/a.ts' }, []],
    ['Edit', { path: '/repo/a.ts' }, []],
    ['Bash', { command: 'touch a' }, []],
    [
      'apply_patch',
      { input: '*** Begin Patch\n*** Update File: a.ts\n@@\n-x\n+y\n*** Add File: b.ts\n+z\n*** End Patch' },
      ['a.ts', 'b.ts'],
    ],
    ['apply_patch', { input: ['*** Add File: b.ts'] }, []],
  ])('that reports %s with %j names the files that it changed', (tool_name, tool_input, files) => {
    const tool = { tool_name, tool_input }
    expect(read({ hook_event_name: 'PostToolUse', ...tool }).event).toMatchObject({ files, hears: true })
    const failed = read({ hook_event_name: 'PostToolUseFailure', ...tool })
    expect(failed.event).toMatchObject({ files: [], hears: false })
    const ofSubagent = read({ hook_event_name: 'PostToolUse', agent_id: 'a', ...tool })
    expect(ofSubagent.event).toMatchObject({ files, hears: false })
  })

  test.each<[unknown, boolean]>([
    ['npm test', true],
    ['cd web && npm run -s test:unit -- --bail', true],
    ['npx vitest run src/a.test.ts', true],
    ['./gradlew test --info', true],
    ['python3 -m pytest -q; echo $?', true],
    ['go test ./...', true],
    ['cargo build --release', false],
    ['zig build test', true],
    ['node --import tsx --test', true],
    [['bash', '-lc', 'cargo test'], true],
    ['git commit -m "Add a test"', false],
    ['ls test', false],
    ['cat npm-testing.md', false],
    [7, false],
    ['node '.repeat(100_000), false],
  ])('that reports a command says whether it runs tests: %j', (command, ranTests) => {
    const event = (input: object) =>
      read({ hook_event_name: 'PostToolUse', tool_name: 'Bash', tool_input: input }).event
    expect(event({ command })).toMatchObject({ ranTests })
    expect(event({ cmd: command })).toMatchObject({ ranTests })
  })

  test('of a tool carries its ID, its agent and the hash of what identifies its input', () => {
    const bash = { tool_name: 'Bash', tool_use_id: 'toolu_1', agent_id: 'a' }
    const before = read({
      ...bash,
      hook_event_name: 'PreToolUse',
      tool_input: { command: 'ls', description: 'List' },
    })
    const after = read({
      ...bash,
      hook_event_name: 'PostToolUse',
      tool_input: { command: 'ls' },
      tool_response: {},
    })

    expect(before.event).toMatchObject({
      kind: 'announced',
      use: { name: 'Bash', useId: 'toolu_1', agentId: 'a' },
    })
    expect(after.event).toMatchObject({ kind: 'used', use: 'use' in before.event ? before.event.use : null })
    expect(JSON.stringify(before.event)).not.toContain('ls')
  })

  const inputOf = (tool_name: string, tool_input: Record<string, unknown>) => {
    const { event } = read({ tool_name, tool_input })
    return event.kind === 'asked' ? event.use.input : null
  }
  test('identifies a command alone, questions and plans by their tool, and the rest by its whole input', () => {
    expect(inputOf('Bash', { command: 'ls' })).not.toBe(inputOf('Bash', { command: 'ls ' }))
    expect(inputOf('AskUserQuestion', deployment)).toBe(
      inputOf('AskUserQuestion', { ...deployment, answers: {} }),
    )
    expect(inputOf('ExitPlanMode', { plan: 'x' })).toBe(inputOf('ExitPlanMode', {}))
    expect(inputOf('Edit', { a: 1, b: { c: 2, d: 3 } })).toBe(inputOf('Edit', { b: { d: 3, c: 2 }, a: 1 }))
    expect(inputOf('Edit', { a: 1 })).not.toBe(inputOf('Edit', { a: '1' }))
  })
})

describe('our own tools', () => {
  test.each([
    ['mcp__preqbot__preq_complete_task', true],
    ['mcp__plugin_preqbot_preqbot__preq_claim_task', true],
    ['mcp__preqbot__preq_agent_guide', true],
    ['mcp__preqbot__preq_unknown', false],
    ['mcp__preqbot__toString', false],
    ['mcp__preqbot2__preq_claim_task', false],
    ['mcp__plugin_other_preqbot__preq_claim_task', false],
    ['mcp__x__mcp__preqbot__preq_claim_task', false],
    ['preq_claim_task', false],
  ])('%s: %s', (tool_name, isOwnTool) => {
    expect(read({ tool_name, tool_input: {} }).event).toMatchObject({ kind: 'asked', isOwnTool })
  })

  const started = (tool_name: string, tool_response: unknown) => {
    const { event } = read({ hook_event_name: 'PostToolUse', tool_name, tool_input: {}, tool_response })
    return event.kind === 'used' ? event.startedTask : null
  }
  test.each<[string, unknown, string | null]>([
    ['the structured answer', { structuredContent: { task: { id: 'WEB-1', task_key: 'WEB-1' } } }, 'WEB-1'],
    ['the text', [{ type: 'text', text: '{"task":{"task_key":"WEB-2"},"objective":"plan"}' }], 'WEB-2'],
    ['a text alone', '{"task":{"task_key":"WEB-3"}}', 'WEB-3'],
    ['an empty claim', [{ type: 'text', text: '{"task":null,"held":["WEB-4"]}' }], null],
    ['an error', [{ type: 'text', text: '{not json' }], null],
    ['nothing', undefined, null],
  ])('name the task that they started in %s', (_, response, key) => {
    expect(started('mcp__preqbot__preq_claim_task', response)).toBe(key)
  })

  test('that start nothing name no task, and neither do others', () => {
    const response = { task: { task_key: 'WEB-1' } }
    expect(started('mcp__preqbot__preq_get_task', response)).toBeNull()
    expect(started('mcp__other__preq_claim_task', response)).toBeNull()
    expect(started('mcp__preqbot__preq_start_task', response)).toBe('WEB-1')
  })
})

describe('what the owner is shown', () => {
  test('is the exact command with its reason', () => {
    expect(questionOf('Bash', { command: 'npm  test\n# all', description: 'Run the tests' })).toMatchObject({
      kind: 'permission',
      items: [{ text: 'Run this command?\nRun the tests' }],
      detail: 'npm  test\n# all',
      isDangerous: false,
    })
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    [
      'Edit',
      { file_path: '/repo/src/a.ts', old_string: 'a\nb', new_string: 'c' },
      'Edit src/a.ts?',
      '/repo/src/a.ts\n\n- a\n- b\n+ c',
    ],
    [
      'Edit',
      { file_path: '/etc/hosts', old_string: '', new_string: 'c', replace_all: true },
      'Edit /etc/hosts?',
      '/etc/hosts\n\nEverywhere:\n\n+ c',
    ],
    ['Write', { file_path: '/repo/a.ts', content: 'x\n' }, 'Write a.ts?', '/repo/a.ts\n\nx\n'],
    [
      'MultiEdit',
      {
        file_path: '/repo/a',
        edits: [
          { old_string: 'a', new_string: 'b' },
          { old_string: 'c', new_string: '' },
        ],
      },
      'Edit a?',
      '/repo/a\n\n- a\n+ b\n\n- c',
    ],
    [
      'NotebookEdit',
      { notebook_path: '/repo/a.ipynb', new_source: '1+1' },
      'Edit a.ipynb?',
      '/repo/a.ipynb\n\n1+1',
    ],
    ['apply_patch', { command: '*** Begin Patch\n+x' }, 'Apply this patch?', '*** Begin Patch\n+x'],
    ['shell', { command: ['ls', '-l', "it's"] }, 'Run this command?', "ls -l 'it'\\''s'"],
    ['mcp__db__drop', { table: 'users' }, 'Use drop of db?', '{\n  "table": "users"\n}'],
    ['WebFetch', { url: 'https://x.io' }, 'Use WebFetch?', '{\n  "url": "https://x.io"\n}'],
    ['Edit', { file_path: '/repo/a', odd: 1 }, 'Use Edit?', '{\n  "file_path": "/repo/a",\n  "odd": 1\n}'],
  ])('for %s with %j', (name, input, text, detail) => {
    expect(questionOf(name, input)).toMatchObject({ items: [{ text }], detail })
  })

  test('has secrets masked and invisible characters spelled out', () => {
    const question = questionOf('Bash', {
      command: 'curl -H "x: ghp_abcdefghijklmnop0123" a\u202eb\u200b \u001b[2K\u0000',
      description: 'Uses ghp_abcdefghijklmnop0123',
    })
    expect(question?.detail).toBe('curl -H "x: [redacted]" a\\u{202e}b\\u{200b} \\u{1b}[2K\\u{0}')
    expect(question?.items[0]?.text).toBe('Run this command?\nUses [redacted]')
  })

  test.each([49_999, 50_000, 50_001])('is a command of up to 50,000 characters, not %i', (length) => {
    expect(questionOf('Bash', { command: 'x'.repeat(length) }) === null).toBe(length > 50_000)
  })

  test('is cut for a long file, which says so', () => {
    const detail = questionOf('Write', { file_path: '/repo/a', content: 'x'.repeat(60_000) })?.detail ?? ''
    expect([...detail].length).toBe(50_000)
    expect(detail).toMatch(/… 60009 characters in all$/)
  })

  test('are the questions with their options in order', () => {
    expect(questionOf('AskUserQuestion', deployment)).toEqual({
      kind: 'ask',
      items: [
        {
          text: 'Which region?',
          options: [{ label: 'EU (Frankfurt)', description: 'Slower' }, { label: 'US' }],
          multi: false,
        },
        { text: 'Which tests?', options: [{ label: 'Unit' }, { label: 'Load, slow' }], multi: true },
      ],
      detail: null,
      isDangerous: false,
    })
  })

  const ask = (count: number, options: number) => ({
    questions: Array.from({ length: count }, (_, index) => ({
      question: `Q${index}`,
      options: Array.from({ length: options }, (_, place) => ({ label: `L${place}` })),
    })),
  })
  test.each([
    [0, 2, false],
    [1, 0, true],
    [4, 6, true],
    [5, 2, false],
    [1, 7, false],
  ])('are %i questions with %i options: %s', (count, options, isShown) => {
    expect(questionOf('AskUserQuestion', ask(count, options)) !== null).toBe(isShown)
  })

  test('are no two questions with the same text, since answers go by it', () => {
    const [one] = deployment.questions
    expect(questionOf('AskUserQuestion', { questions: [one, one] })).toBeNull()
  })

  test('is the plan', () => {
    const input = { plan: '# Plan\n1. Token ghp_abcdefghijklmnop0123', planFilePath: '/p.md' }
    expect(questionOf('ExitPlanMode', input)).toMatchObject({
      kind: 'plan',
      items: [{ text: 'Approve this plan?' }],
      detail: '# Plan\n1. Token [redacted]',
    })
    expect(questionOf('ExitPlanMode', { planFilePath: '/p.md' })).toMatchObject({
      kind: 'plan',
      items: [{ text: 'Leave plan mode without a plan?' }],
      detail: null,
    })
  })
})

describe('the decision', () => {
  const bash = { name: 'Bash', input: { command: 'ls' } }
  test('about a permission allows, or denies with the owner’s words', () => {
    const decide = (given: QuestionAnswer) => toDecision(bash, { kind: 'permission', answer: given })
    expect(decide(answer(['Allow', 'allow']))).toEqual(allow)
    expect(allow).toEqual({
      hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'allow' } },
    })
    expect(decide(answer(['Deny', 'deny']))).toEqual(deny('The owner denied this.'))
    expect(decide(answer(['Use "pnpm" 🙂\nplease', 'deny']))).toEqual(deny('Use "pnpm" 🙂\nplease'))
    expect(decide(answer(['Allow']))).toEqual(noDecision)
    expect(decide({ items: [] })).toEqual(noDecision)
  })

  test('about a plan approves it, lets the agent edit, or denies with the change', () => {
    const input = { plan: 'x', planFilePath: '/p.md' }
    const decide = (given: QuestionAnswer) =>
      decisionOf(toDecision({ name: 'ExitPlanMode', input }, { kind: 'plan', answer: given }))
    expect(decide(answer(['Approve', 'approve']))).toEqual({ behavior: 'allow', updatedInput: input })
    expect(decide(answer(['…', 'approve-edits']))).toEqual({
      behavior: 'allow',
      updatedInput: input,
      updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
    })
    expect(decide(answer(['Add tests first']))).toEqual({ behavior: 'deny', message: 'Add tests first' })
    expect(decide(answer(['Hold', 'hold']))).toBeNull()
  })

  const decide = (given: QuestionAnswer) =>
    decisionOf(toDecision({ name: 'AskUserQuestion', input: deployment }, { kind: 'ask', answer: given }))
  test('about questions carries the request’s own labels, several as a list', () => {
    expect(decide(answer(['x', '1'], ['y', '1', '2']))).toEqual({
      behavior: 'allow',
      updatedInput: {
        ...deployment,
        answers: { 'Which region?': 'EU (Frankfurt)', 'Which tests?': ['Unit', 'Load, slow'] },
      },
    })
    expect(decide(answer(['x', '2'], ['y', '2']))).toMatchObject({
      updatedInput: { answers: { 'Which region?': 'US', 'Which tests?': 'Load, slow' } },
    })
  })

  test('about questions carries the owner’s own words', () => {
    expect(decide(answer(['Asia'], ['none']))).toMatchObject({
      updatedInput: { answers: { 'Which region?': 'Asia', 'Which tests?': 'none' } },
    })
  })

  test('about questions is left to the terminal if one has no answer', () => {
    expect(decide(answer(['x', '1']))).toBeNull()
  })
})
