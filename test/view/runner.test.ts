import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taskStatuses } from '../../src/domain/core/task-values.ts'
import { BranchName } from '../../src/domain/projects/branch.ts'
import { type RunnerTask, refusalReason, runnerLine } from '../../src/view/settings/runner.ts'

const task: RunnerTask = { key: 'WEB-7', status: 'todo', engine: 'codex', branch: 'task/web-7' }
const openclaw = { kind: 'openclaw', bot: null } as const
const older = { kind: 'openclaw-skill', bot: null } as const
const hermes = { kind: 'hermes', bot: 'PreqHermesBot' } as const

describe('the line of a runner', () => {
  test.each([
    [openclaw, '!/preqstation dispatch implement WEB-7 using codex branch_name="task/web-7"'],
    [older, '!/skill preqstation-dispatch implement WEB-7 using codex branch_name="task/web-7"'],
    [
      hermes,
      '/preqstation_dispatch@PreqHermesBot\ntask_key=WEB-7 objective=implement engine=codex branch_name="task/web-7"',
    ],
    [
      { kind: 'hermes', bot: null } as const,
      '/preqstation_dispatch\ntask_key=WEB-7 objective=implement engine=codex branch_name="task/web-7"',
    ],
    [{ kind: 'none', bot: null } as const, null],
  ])('is what %o listens for', (runner, line) => {
    expect(runnerLine(task, runner)).toBe(line)
  })

  test.each([
    ['inbox', '!/preqstation dispatch plan WEB-7 using codex'],
    ['todo', '!/preqstation dispatch implement WEB-7 using codex'],
    ['hold', '!/preqstation dispatch implement WEB-7 using codex'],
    ['ready', '!/preqstation dispatch review WEB-7 using codex'],
    ['done', null],
    ['archived', null],
  ] as const)('asks of a task in %s: %s', (status, line) => {
    expect(runnerLine({ ...task, status, branch: null }, openclaw)).toBe(line)
  })

  test.each([
    ['claude-code', 'claude-code'],
    ['codex', 'codex'],
    ['gemini-cli', 'gemini-cli'],
    [null, 'claude-code'],
  ] as const)('of a task for %s names the engine %s', (engine, named) => {
    expect(runnerLine({ ...task, engine }, openclaw)).toContain(` using ${named} `)
    expect(runnerLine({ ...task, engine }, hermes)).toContain(` engine=${named} `)
  })

  test.each([
    [null, ''],
    ['', ''],
    ['  \n ', ''],
    [' padded ', ''],
    ['say "hi"', ''],
    [String.raw`C:\work`, ''],
    ['two\nlines', ''],
    ['-rf', ''],
    ['a\u202eb', ''],
    ['task/web-7', ' branch_name="task/web-7"'],
    ['fix/"a"', String.raw` branch_name="fix/\"a\""`],
    ['$(id)', String.raw` branch_name="\$(id)"`],
    ['`id`', ' branch_name="\\`id\\`"'],
    ['작업/로그인-수정', ' branch_name="작업/로그인-수정"'],
    ['fix/🔥-👩‍💻', ' branch_name="fix/🔥-👩‍💻"'],
    ['<b>&amp;', ' branch_name="<b>&amp;"'],
  ])('writes the branch %j as %s', (branch, written) => {
    expect(runnerLine({ ...task, branch }, openclaw)).toBe(
      `!/preqstation dispatch implement WEB-7 using codex${written}`,
    )
    expect(runnerLine({ ...task, branch }, hermes)?.split('\n')[1]).toBe(
      `task_key=WEB-7 objective=implement engine=codex${written}`,
    )
  })

  test('quotes any branch that git accepts so that a shell reads it back', () => {
    const branches = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({
        unit: fc.constantFrom('"', "'", '$', '(', ')', '`', ';', '|', '&', '!', '/', 'a'),
        maxLength: 20,
      }),
    )
    fc.assert(
      fc.property(branches, fc.constantFrom(...taskStatuses), (branch, status) => {
        const line = runnerLine({ ...task, branch, status }, openclaw)
        if (line === null) return
        expect(line.split(/[\n\r\u2028\u2029]/)).toHaveLength(1)
        const parsed = BranchName.safeParse(branch)
        if (branch === '' || !parsed.success || parsed.data !== branch) {
          expect(line).not.toContain('branch_name')
          return
        }
        const [, quoted = ''] = /branch_name="((?:\\["$`\\]|[^"$`\\])*)"$/su.exec(line) ?? []
        expect(quoted.replace(/\\(.)/gsu, '$1')).toBe(branch)
      }),
    )
  })
})

test.each([
  ['Bad Request: chat not found', '@runners', "I can't find @runners."],
  ['Forbidden: bot was kicked from the supergroup chat', '-1001', "I'm not in -1001."],
  ['Forbidden: bot is not a member of the supergroup chat', '-1001', "I'm not in -1001."],
  ['Bad Request: not enough rights to send text messages to the chat', null, "I can't write in this chat."],
  ['Bad Request: message thread not found', null, 'The topic in this chat is gone or closed.'],
  ['Bad Request: something new', null, 'Telegram said “something new”.'],
])('the refusal "%s" is explained', (description, chat, words) => {
  expect(refusalReason(description, chat)).toContain(words)
})
