import { describe, expect, test } from 'vitest'
import type { TaskCardFacts } from '../../src/domain/tasks/card.ts'
import { toReport } from '../../src/domain/work-logs/facts.ts'
import { resultDetail, type WorkResult } from '../../src/domain/work-logs/work-log-texts.ts'
import type { ReportKind } from '../../src/telegram/store/messages/stored-request.ts'
import { toPlainText } from '../../src/view/kit/html.ts'
import { notificationList, reportLine } from '../../src/view/notifications/list.ts'
import { deletedMessage, logMessage } from '../../src/view/notifications/message.ts'
import { reportFile } from '../../src/view/notifications/report-file.ts'
import { postedCard } from '../../src/view/tasks/posted-card.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

const at = new Date('2026-11-24T09:00:00Z')
const viewer = { now: at, timeZone: 'UTC' }
const kinds: readonly ReportKind[] = [
  'needs-you',
  'finished',
  'new',
  'changed',
  'due',
  'silent-run',
  'log',
  'deleted',
]

function task(result: WorkResult | null, more: Partial<TaskCardFacts> = {}): TaskCardFacts {
  const detail =
    result === null
      ? null
      : resultDetail({
          taskKey: 'APP-1',
          taskTitle: 'Fix <it>',
          result,
          engine: 'codex',
          at,
          source: 'laptop',
        })
  return {
    id: '00000000-0000-4000-8000-000000000001',
    key: 'APP-1',
    prefix: 'APP',
    number: 1,
    title: 'Fix <it> & more',
    note: null,
    status: 'ready',
    priority: 'none',
    branch: 'task/app-1/fix-it',
    engine: 'codex',
    runState: null,
    runStateUpdatedAt: null,
    dueAt: at,
    focusedAt: null,
    sortOrder: 'a0',
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
    snoozedUntil: null,
    question: null,
    lastRun: null,
    labels: [],
    project: { id: 'p', key: 'APP', name: 'App', repoUrl: 'git@github.com:ada/app.git', deleted: false },
    feedback: [],
    deploy: {
      strategy: 'none',
      defaultBranch: 'main',
      autoPr: false,
      commitOnReview: true,
      squashMerge: true,
    },
    agentInstructions: null,
    artifacts: [],
    noteUpdated: null,
    progress: null,
    agentComment: null,
    closedQuestion: null,
    live: null,
    ran: null,
    runners: [],
    files: [],
    latestResult:
      detail === null
        ? null
        : {
            ...toReport(result ?? {}),
            kind: 'result',
            author: 'agent:laptop',
            title: 'PREQSTATION Result · Fix',
            detail,
            workedAt: at,
          },
    ...more,
  } as TaskCardFacts
}

const question = (detail: string | null, text = 'Which one?') =>
  ({
    id: '00000000-0000-4000-8000-000000000002',
    kind: 'block',
    items: [{ id: '1', text, options: [], multi: false }],
    detail,
    name: null,
    engine: 'codex',
    runner: null,
    askedAt: at,
    expiresAt: null,
    tool: null,
    draft: null,
    returnsTo: 'todo' as const,
  }) as TaskCardFacts['question']

describe('a posted card', () => {
  test.each(kinds)('for %s is a message that Telegram accepts, with a line for a list', (kind) => {
    const hostile =
      '<b>raw</b> & `code` [x](javascript:alert(1)) ```ts\nconst a = 1 < 2\n```\n| a | b |\n|---|---|\n| 1 | 2 |'
    const facts = task({ summary: hostile, tests: hostile, checks: '<ok>', notes: '> so' })
    for (const one of [facts, { ...facts, question: question(hostile, hostile) }]) {
      const card = postedCard(one, { kind, by: '<laptop>' }, viewer)
      const line = reportLine(one, kind, viewer)
      expect(() => readTelegramMessage(card.text.html)).not.toThrow()
      expect(() => readTelegramMessage(line.html)).not.toThrow()
      expect(toPlainText(line).length).toBeLessThan(200)
    }
  })

  test('marks what the project’s delivery strategy requires but is missing', () => {
    const deploy = {
      strategy: 'feature_branch',
      defaultBranch: 'main',
      autoPr: true,
      commitOnReview: true,
      squashMerge: true,
    } as const
    const text = (result: WorkResult) =>
      toPlainText(postedCard(task(result, { deploy }), { kind: 'needs-you', by: 'laptop' }, viewer).text)
    expect(text({ summary: 'Done.' })).toContain('⚠️ Missing for this project: pull request URL')
    expect(text({ summary: 'Done.', prUrl: 'https://github.com/ada/app/pull/3' })).not.toContain('⚠️')
  })

  test('shows no outcome if none was given', () => {
    const text = toPlainText(postedCard(task(null), { kind: 'finished', by: null }, viewer).text)
    expect(text.split('\n')[0]).toBe('🏁 APP-1 Ready for review'.replace('APP-1 ', 'APP-1: '))
  })
})

describe('a report is also sent as a file', () => {
  test.each([
    [2_400, false],
    [2_401, true],
  ])('with %i characters: %s', (length, isFile) => {
    expect(reportFile(task({ summary: 'x'.repeat(length) })) !== null).toBe(isFile)
    expect(reportFile(task(null, { question: question('x'.repeat(length)) })) !== null).toBe(isFile)
  })

  test('with every word, long tests included', () => {
    const tests = Array.from({ length: 60 }, (_, index) => `- case ${index} passed`).join('\n')
    const report = reportFile(task({ summary: 'Done.', tests }))
    expect(report?.file).toMatchObject({ name: 'APP-1.md' })
    expect(report?.file.content).toContain('case 59 passed')
    expect(report?.file.content).toContain('Done.')
  })

  test('but not if the card shows all of it', () => {
    expect(reportFile(task({ summary: 'Done.', tests: '12 passed' }))).toBeNull()
    expect(reportFile(task(null))).toBeNull()
  })
})

test('work logs with and without a project name their author', () => {
  const log = { by: 'laptop', title: 'Looked around', detail: null }
  expect(toPlainText(logMessage({ ...log, projectKey: 'APP' }).card.text)).toContain('APP · Looked')
  expect(toPlainText(logMessage({ ...log, projectKey: null }).card.text)).toBe(
    '📓 Looked around\nlaptop logged this',
  )
})

test('a list is numbered by the tasks that replies can name', () => {
  const { line } = deletedMessage({ by: 'laptop', key: 'APP-9', title: 'Gone', auditId: null, others: 0 })
  const list = notificationList({ kind: 'new', by: 'laptop' }, [
    { html: line, task: null },
    { html: reportLine(task(null, { status: 'inbox' }), 'new', viewer), task: { id: 'one', key: 'APP-1' } },
  ])
  expect(toPlainText(list.card.text)).toBe(
    '📥 2 new tasks from laptop\n1. 📥 APP-1 Fix <it> & more\n• 🗑 APP-9 Gone',
  )
  expect(list.topic).toEqual({ kind: 'digest', taskIds: ['one'] })
})
