import { describe, expect, it } from 'vitest'
import type { TaskDetail } from '../../src/domain/tasks/task.ts'
import { resultDetail, type WorkResult } from '../../src/domain/work-log-texts.ts'
import { plainText } from '../../src/view/html.ts'
import { deletedMessage, logMessage } from '../../src/view/log-message.ts'
import type { Happening } from '../../src/view/news.ts'
import { newsList } from '../../src/view/news-list.ts'
import { newsMessage } from '../../src/view/news-message.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

const at = new Date('2026-11-24T09:00:00Z')

function task(result: WorkResult | null, more: Partial<TaskDetail> = {}): TaskDetail {
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
    dueAt: null,
    focusedAt: null,
    sortOrder: 'a0',
    archivedAt: null,
    createdAt: at,
    updatedAt: at,
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
    latestResult:
      detail === null
        ? null
        : {
            title: 'PREQSTATION Result · Fix',
            summary: result?.summary ?? null,
            blockedReason: result?.blockedReason ?? null,
            detail,
            workedAt: at,
          },
    ...more,
  } as TaskDetail
}

const text = (news: ReturnType<typeof newsMessage>) => plainText(news.card.text)
const say = (what: Happening, result: WorkResult | null, more?: Partial<TaskDetail>) =>
  newsMessage({ task: task(result, more), what, by: 'laptop', reported: result !== null })

describe('news of a task', () => {
  const all: Happening[] = [
    'blocked',
    'ready',
    'done',
    'result',
    'plan',
    'created',
    'started',
    'moved',
    'changed',
  ]
  it.each(all)('of the kind %s is a message that Telegram takes, with a line for a list', (what) => {
    const hostile =
      '<b>raw</b> & `code` [x](javascript:alert(1)) ```ts\nconst a = 1 < 2\n```\n| a | b |\n|---|---|\n| 1 | 2 |'
    const news = say(what, {
      summary: hostile,
      blockedReason: hostile,
      tests: hostile,
      checks: '<ok>',
      notes: '> so',
    })
    expect(() => readTelegramMessage(news.card.text.html)).not.toThrow()
    expect(() => readTelegramMessage(news.line.html)).not.toThrow()
    expect(plainText(news.line).length).toBeLessThan(200)
  })

  it('marks what the deploy strategy wants and is missing', () => {
    const deploy = {
      strategy: 'feature_branch',
      defaultBranch: 'main',
      autoPr: true,
      commitOnReview: true,
      squashMerge: true,
    } as const
    const shown = text(say('ready', { summary: 'Done.' }, { deploy }))
    expect(shown).toContain('⚠️ The project wants what is missing here: pull request URL')
    const complete = { summary: 'Done.', prUrl: 'https://github.com/ada/app/pull/3' }
    expect(text(say('ready', complete, { deploy }))).not.toContain('⚠️')
  })

  it('puts long tests below, not into the facts', () => {
    const tests = Array.from({ length: 60 }, (_, index) => `- case ${index} passed`).join('\n')
    const shown = text(say('ready', { summary: 'Done.', tests }))
    expect(shown).not.toContain('🧪')
    expect(shown).toContain('case 59 passed')
  })

  it('goes as a file where it is over one message, and the file has every word', () => {
    const summary = `${'Paragraph.\n\n'.repeat(900)}The last word`
    const news = say('result', { summary })
    expect(news.file).toMatchObject({ name: 'APP-1.md' })
    expect(news.file?.content).toContain('The last word')
    expect(() => readTelegramMessage(news.card.text.html, 1024)).not.toThrow()
  })

  it('says nothing of an older result', () => {
    const old = newsMessage({
      task: task({ summary: 'An old one' }),
      what: 'ready',
      by: 'laptop',
      reported: false,
    })
    expect(text(old)).not.toContain('An old one')
  })
})

it('tells logs of tasks, of projects and of neither', () => {
  const log = { by: 'laptop', title: 'Looked around', detail: null }
  expect(plainText(logMessage({ ...log, taskKey: 'APP-1', projectKey: 'APP' }).card.text)).toContain(
    'APP-1 · Looked',
  )
  expect(plainText(logMessage({ ...log, taskKey: null, projectKey: 'APP' }).card.text)).toContain(
    'APP · Looked',
  )
  expect(plainText(logMessage({ ...log, taskKey: null, projectKey: null }).card.text)).toBe(
    '📝 Looked around\nlaptop logged this',
  )
})

it('numbers a list by the tasks that replies can name', () => {
  const { line } = deletedMessage({ by: 'laptop', key: 'APP-9', title: 'Gone' })
  const list = newsList('changed', [
    { html: line, task: null },
    { html: say('created', null).line, task: { id: 'one', key: 'APP-1' } },
  ])
  expect(plainText(list.card.text)).toBe('📋 2 tasks changed\n1. 📥 APP-1 Fix <it> & more\n• 🗑 APP-9 Gone')
  expect(list.topic).toEqual({ kind: 'digest', taskIds: ['one'] })
})
