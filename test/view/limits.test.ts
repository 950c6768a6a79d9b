import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { questionKinds } from '../../src/db/schema.ts'
import { taskPriorities, taskStatuses } from '../../src/domain/core/task-values.ts'
import type { TaskCardFacts } from '../../src/domain/tasks/card.ts'
import type { Task, TaskDetail } from '../../src/domain/tasks/task.ts'
import type { WorkLog } from '../../src/domain/work-logs/work-logs.ts'
import type { Card } from '../../src/view/kit/card.ts'
import { searchCard } from '../../src/view/reports/search.ts'
import { historyCard, loggedCard, timelineCard } from '../../src/view/reports/timeline.ts'
import { undoneListCard } from '../../src/view/system/undo.ts'
import { deleteCard, taskCard } from '../../src/view/tasks/card.ts'
import { changesCard } from '../../src/view/tasks/changes.ts'
import { boardCard, moveAllCard } from '../../src/view/tasks/lists/board.ts'
import { deckNotice, deckSummary } from '../../src/view/tasks/lists/deck.ts'
import { dueCard } from '../../src/view/tasks/lists/due.ts'
import { focusCard, pinCard } from '../../src/view/tasks/lists/focus.ts'
import { laneCard, pickCard, placeCard } from '../../src/view/tasks/lists/lane.ts'
import { taskListCard } from '../../src/view/tasks/lists/task-list.ts'
import { ownQuestionCard } from '../../src/view/tasks/questions/question-card.ts'
import { readTelegramMessage } from '../support/telegram-html.ts'

// LIMITS=25 takes it further.
const runs = Number(process.env.LIMITS ?? 8)

const now = new Date('2026-11-24T09:00:00Z')
const viewer = { now, timeZone: 'Asia/Kathmandu' }
const id = '0198d0e2-0000-7000-8000-000000000001'

// The hardest input for a message: maximum lengths, characters special to HTML and callback data, letters of two code units.
const nasty = fc.oneof(
  fc.constant('<b>&amp;</b> "x" '.repeat(20)),
  fc.constant('😀'.repeat(300)),
  fc.constant('**bold** `code` [a](https://example.com/a?b=<c>&d) '.repeat(30)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
)
const cut = (max: number) => (text: string) => [...text].slice(0, max).join('').trim() || 'x'
const aKey = fc.constantFrom('AB-1', 'ABCDEFGHIJ-2147483647')

const longOptions = (text: string) =>
  Array.from({ length: 6 }, (_, index) => ({
    id: String(index),
    label: cut(200)(text.replace(/\n/g, ' ')),
    description: cut(1_000)(text),
  }))

const ownQuestion = {
  taskId: id,
  taskKey: 'ABCDEFGHIJ-2147483647',
  tokenId: id,
  session: null,
  folder: `/${'f'.repeat(4_000)}`,
  defaultAnswer: null,
  answeredBy: null,
  answeredAt: now,
  closedAt: now,
  fetchedAt: null,
  messageId: null,
}

const aTask: fc.Arbitrary<TaskCardFacts> = fc
  .record({
    key: aKey,
    title: nasty.map(cut(180)),
    note: fc.option(
      nasty.map(
        (text) => `${text.repeat(40)}\n${`- [ ] ${cut(180)(text.replace(/\n/g, ' '))}\n`.repeat(40)}`,
      ),
    ),
    status: fc.constantFrom(...taskStatuses),
    priority: fc.constantFrom(...taskPriorities),
    runState: fc.constantFrom(null, 'queued' as const, 'running' as const),
    dueAt: fc.option(fc.constant(new Date('2025-01-01T00:00:00Z'))),
    sentTexts: nasty,
    kind: fc.option(fc.constantFrom(...questionKinds)),
  })
  .map(({ key, sentTexts, runState, kind, ...rest }) => ({
    ...rest,
    runState,
    id,
    key,
    prefix: key.split('-')[0] ?? '',
    number: 1,
    branch: 'task/'.padEnd(200, 'b'),
    engine: 'claude-code' as const,
    runStateUpdatedAt: runState === null ? null : now,
    focusedAt: now,
    sortOrder: 'a0',
    archivedAt: null,
    question: kind && {
      id,
      kind,
      items: ['1', '2', '3', '4'].map((item) => ({
        id: item,
        text: cut(1_000)(sentTexts),
        multi: item === '4',
        options: longOptions(sentTexts),
      })),
      detail: sentTexts.repeat(150),
      name: 'r'.repeat(60),
      engine: null,
      runner: null,
      askedAt: now,
      expiresAt: null,
      tool: { name: 'Bash', input: 'a hash', useId: null, agentId: null, isDangerous: true },
      draft: {
        items:
          kind === 'ask' ? ['1', '2', '3'].map((item) => ({ id: item, text: sentTexts, options: [] })) : [],
        chosen: ['1', '2'],
        words: cut(2_000)(sentTexts.repeat(10)),
      },
      returnsTo: 'todo' as const,
    },
    lastRun: {
      id,
      name: 'r'.repeat(60),
      tokenId: id,
      session: null,
      engine: null,
      since: now,
      outcome: null,
      attempt: 1,
      runner: { id, name: 'r'.repeat(60) },
      heartbeatAt: now,
    },
    snoozedUntil: null,
    createdAt: now,
    updatedAt: now,
    labels: Array.from({ length: 50 }, (_, index) => ({
      id,
      name: `label ${index}`.padEnd(40, 'x'),
      color: 'blue',
    })),
    project: {
      id,
      key: key.split('-')[0] ?? '',
      name: 'n'.repeat(120),
      repoUrl: `https://github.com/${'o'.repeat(200)}/r`,
      deleted: false,
    },
    artifacts: Array.from({ length: 50 }, (_, index) => ({
      type: 'x'.repeat(40),
      title: rest.title,
      url: `https://example.com/${index}`.padEnd(index === 0 ? 2_000 : 500, 'u'),
    })),
    noteUpdated: null,
    latestResult: {
      kind: 'result',
      author: 'agent:laptop',
      title: 'PREQSTATION Result · x',
      summary: sentTexts.repeat(50),
      blockedReason: null,
      tests: null,
      prUrl: null,
      notes: null,
      checks: null,
      detail: sentTexts.repeat(50),
      workedAt: now,
    },
    feedback: Array.from({ length: 9 }, () => ({
      text: sentTexts.repeat(20),
      at: now,
      heardAt: now,
      receivedAt: now,
    })),
    deploy: {
      strategy: 'none',
      defaultBranch: 'main',
      autoPr: false,
      commitOnReview: true,
      squashMerge: true,
    } as unknown as TaskDetail['deploy'],
    agentInstructions: null,
    progress: { text: cut(180)(sentTexts), at: now },
    files: [],
    closedQuestion: null,
    ran: {
      endedAt: now,
      usage: { inputTokens: 10 ** 9, outputTokens: 10 ** 9, costUsd: 10 ** 6 },
      files: 10 ** 6,
      base: '&'.repeat(250),
    },
    runners: [],
    live: {
      isStopped: true,
      isLeased: false,
      exitedAt: null,
      toolCalls: 1_000,
      ranTests: true,
      fileCount: 200,
      endedAt: now,
      hookAt: now,
      promptedAt: null,
      turnEndedAt: null,
      sessionEndedAt: null,
      stopDeliveredAt: null,
    },
    agentComment: { text: sentTexts.repeat(50), at: now },
  }))

function check(card: Card): void {
  const html = card.text.html
  if (html.trim() !== '') readTelegramMessage(html)
  const rows = card.keyboard?.inline_keyboard ?? []
  expect(rows.length).toBeLessThanOrEqual(20)
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(8)
}

const checkAll = (cards: (tasks: readonly TaskCardFacts[], log: WorkLog) => readonly Card[]) =>
  fc.assert(
    fc.property(fc.array(aTask, { minLength: 8, maxLength: 8 }), nasty, (tasks, words) => {
      const log: WorkLog = {
        id,
        title: cut(180)(words.replace(/\n/g, ' ')),
        detail: words.repeat(50),
        engine: null,
        kind: 'manual',
        author: 'owner',
        data: {},
        taskKey: tasks[0]?.key ?? null,
        projectKey: 'ABCDEFGHIJ',
        workedAt: now,
        createdAt: now,
      }
      for (const card of cards(tasks, log)) check(card)
    }),
    { numRuns: runs },
  )

describe('the longest of everything fits one message and its buttons', () => {
  const projectKey = 'ABCDEFGHIJ'
  const [one, two] = [0, 1] as const

  test('a card, in all its menus', () => {
    checkAll((tasks) => [
      deleteCard(tasks[one] as TaskCardFacts, 'card'),
      ...(['main', 'priority', 'labels', 'engine', 'due', 'edit', 'more', 'later'] as const).map((menu) => {
        const task = tasks[one] as TaskCardFacts
        const projects = Array.from({ length: 30 }, (_, index) => ({ key: `PROJECT${index}`, name: 'x' }))
        return taskCard(task, {
          ...viewer,
          menu,
          labels: task.labels,
          projects,
          undo: id,
          notice: deckNotice({ kind: 'deck', taskId: null, skipped: [], moved: {} }, 3),
        })
      }),
    ])
  }, 300_000)

  test('a question in its own message, open and closed', () => {
    checkAll((tasks) =>
      tasks.flatMap(({ question }) => {
        if (question === null) return []
        const all = [...question.items].map(({ id: item }) => ({
          id: item,
          text: question.detail ?? '',
          options: [],
        }))
        return (['open', 'answered', 'expired', 'withdrawn'] as const).map((state) =>
          ownQuestionCard(
            { ...ownQuestion, ...question, state, answer: state === 'open' ? null : { items: all } },
            viewer,
          ),
        )
      }),
    )
  })

  test('lists', () => {
    const query = {
      filter: { words: 'w'.repeat(3_000), label: 'l'.repeat(40), statuses: ['done' as const] },
      problems: Array.from({ length: 30 }, () => '!x'.repeat(40)),
    }
    checkAll((tasks, log) => [
      taskListCard({ query, tasks, count: 900, page: 40, ...viewer }),
      dueCard({ tasks, count: 900, page: 3, ...viewer }),
      focusCard({ focus: [...tasks, ...tasks], proposals: [] }, { ...viewer, undo: id }),
      focusCard(
        { focus: [], proposals: tasks.slice(0, 3).map((task) => ({ task, reason: 'priority' as const })) },
        viewer,
      ),
      pinCard(tasks, { ...viewer, page: 3, pages: 9 }),
      searchCard({
        words: log.title,
        hits: [...tasks.map((task) => ({ kind: 'task' as const, task })), { kind: 'log' as const, log }],
        page: 1,
        hasMore: true,
        ...viewer,
      }),
      timelineCard({
        about: tasks[one]?.key ?? '',
        logs: Array.from({ length: 12 }, () => log),
        page: 3,
        hasMore: true,
        ...viewer,
      }),
      historyCard(tasks[one] as Task, {
        entries: Array.from({ length: 12 }, () => ({ kind: 'log' as const, at: now, log })),
        page: 3,
        hasMore: true,
        ...viewer,
      }),
      loggedCard(log),
      undoneListCard({
        entry: {
          id,
          ownerId: id,
          action: 'task.move',
          targetType: 'task',
          targetId: tasks[one]?.key ?? '',
          createdAt: now,
          by: 'owner',
          batch: null,
          meta: { taskId: id, before: {}, after: {} },
        },
        task: null,
        tasks: [...tasks, ...tasks, ...tasks],
      }),
      changesCard(
        {
          changed: tasks.map((task) => ({
            before: task,
            task,
            act: { verb: 'done' as const, dueAt: now, priority: 'high' as const },
            isChanged: true,
          })),
          answered: [],
          stops: [],
          unanswered: [],
          problems: Array.from({ length: 20 }, () => 'p'.repeat(100)),
          auditId: id,
        },
        viewer,
      ),
      deckSummary({ kind: 'deck', taskId: null, skipped: [id], moved: { [id]: 'todo' } }, id),
    ])
  })

  test('the board', () => {
    checkAll((tasks) => [
      boardCard({
        lanes: taskStatuses.map((status) => ({ status, count: 99_999, tasks: tasks.slice(0, 4) })),
        projectKeys: Array.from({ length: 40 }, (_, index) => `PROJECTS${index}`),
        projectKey,
        undo: id,
        ...viewer,
      }),
      moveAllCard(
        { status: 'ready', projectKey },
        { keys: Array.from({ length: 200 }, () => tasks[one]?.key ?? ''), count: 999 },
      ),
      laneCard({
        place: { status: 'archived', projectKey, page: 1_295 },
        tasks,
        count: 99_999,
        undo: id,
        ...viewer,
      }),
      pickCard({
        place: { status: 'archived', projectKey, page: 1_295 },
        tasks,
        count: 99_999,
        picked: [id],
        ...viewer,
      }),
      placeCard(tasks[one] as Task, {
        projectKey,
        neighbours: { above: tasks[two] as Task, below: tasks[two] as Task, position: 9_999 },
        undo: id,
        ...viewer,
      }),
    ])
  })
})
