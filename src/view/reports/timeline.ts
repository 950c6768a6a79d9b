import type { Question } from '../../domain/questions/question.ts'
import type { HistoryEntry } from '../../domain/reports/history.ts'
import { namingFiles } from '../../domain/tasks/notes/note-files.ts'
import type { Task } from '../../domain/tasks/task.ts'
import type { WorkLog } from '../../domain/work-logs/work-logs.ts'
import { button } from '../kit/buttons.ts'
import { defineScreen, field } from '../kit/callbacks.ts'
import { type Button, type Card, keyboard } from '../kit/card.ts'
import { bold, type Content, code, type Html, html, joinHtml, title } from '../kit/html.ts'
import { historyScreen } from '../kit/links.ts'
import { questionSign, statusName } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { clock, day, duration, type Viewer } from '../kit/when.ts'
import { firstLine } from '../markdown/first-line.ts'
import { menuTap, openTap, undoTap } from '../tasks/callbacks.ts'
import { openButtons } from '../tasks/line.ts'
import { outcomeText } from '../tasks/questions/outcome.ts'
import { changeText } from './audit.ts'

export const logScreen = defineScreen('log', { about: field.text })

/** Logs per page. */
export const logsAPage = 12

const maxText = 150

/** Formats a work log as one line with its date and time. */
export function logLine(log: WorkLog, viewer: Viewer): Html {
  const at = `${day(log.workedAt, viewer.now, viewer.timeZone)} ${clock(log.workedAt, viewer.timeZone)}`
  return html`${at} ${log.taskKey !== null && html`${bold(log.taskKey)} `}${logText(log)}`
}

/** Rewords a log for the chat, because stored titles are a wire format. */
function logText(log: WorkLog): Html {
  return title(wordsOf(log))
}

function wordsOf(log: WorkLog): string {
  const first = (text: string | null | undefined) => firstLine(namingFiles(text ?? ''), maxText)
  const { summary, blockedReason, from, to, fields } = log.data
  switch (log.kind) {
    case 'result':
    case 'blocked':
      return blockedReason === undefined
        ? `${signs.ready} ${first(summary) || 'Result'}`
        : `${signs.blocked} ${first(blockedReason)}`
    case 'plan':
      return `${signs.plan} ${first(summary) || 'Plan'}`
    case 'comment':
      return isOwnerComment(log) ? `${signs.comment} ${first(log.detail)}` : `${signs.workLog} ${log.title}`
    case 'status':
      return from === undefined || to === undefined ? log.title : `${statusName[from]} → ${statusName[to]}`
    case 'fields':
      return `${signs.edit} ${(fields ?? []).join(', ').replaceAll('_', ' ')}`
    case 'note':
      return `${signs.edit} note`
    case 'manual':
      return `${signs.workLog} ${log.title}`
  }
}

const isOwnerComment = ({ kind, author }: WorkLog) => kind === 'comment' && author === 'owner'

export interface TimelineFacts extends Viewer {
  /** The task or project key it's filtered by, or empty. */
  readonly about: string
  readonly logs: readonly WorkLog[]
  readonly page: number
  readonly hasMore: boolean
}

/** /log without text: work logs by day, newest first. */
export function timelineCard({ about, logs, page, hasMore, ...viewer }: TimelineFacts): Card {
  const head = html`${signs.workLog} ${bold(about === '' ? 'Work log' : `${about} work log`)}`
  const lines = byDay(
    logs,
    (log) => log.workedAt,
    viewer,
    (log) => {
      const key = log.taskKey === null || log.taskKey === about ? null : html`${bold(log.taskKey)} `
      return html`${clock(log.workedAt, viewer.timeZone)} ${key}${logText(log)}`
    },
  )
  const keys = [...new Set(logs.flatMap((log) => log.taskKey ?? []))].slice(0, 8)
  const hint = html`No work logged yet. Use ${code(about === '' ? '/log what you did' : `/log ${about} what you did`)}.`
  return {
    text: joinHtml([head, ...(logs.length === 0 ? [hint] : lines)], '\n'),
    keyboard: keyboard([
      ...openButtons(keys.map((key) => ({ key }))),
      turnButtons(page, hasMore, (to) => logScreen.encode({ about, page: to })),
    ]),
  }
}

/** A task's history: its changes, work logs and comments, newest first. */
export function historyCard(
  task: Task,
  {
    entries,
    page,
    hasMore,
    ...viewer
  }: Viewer & {
    readonly entries: readonly HistoryEntry[]
    readonly page: number
    readonly hasMore: boolean
  },
): Card {
  const head = html`${signs.history} ${bold(`${task.key} history`)} · ${title(task.title, 80)}`
  const lines = byDay(
    entries,
    ({ at }) => at,
    viewer,
    (one) => {
      const time = clock(one.at, viewer.timeZone)
      if (one.kind === 'log') return html`${time} ${logText(one.log)}${isOwnerComment(one.log) && ' · you'}`
      const questions = one.closed.map((question) => html`\n\u2003${closedLine(question)}`)
      return html`${time} ${title(changeText(one.entry, viewer), maxText)}${questions}`
    },
  )
  const back: Button = button(`${signs.back} Back`, menuTap, {
    on: 'card',
    key: task.key,
    menu: 'main',
    page: 0,
  })
  return {
    text: joinHtml([head, ...(entries.length === 0 ? ['No history yet.'] : lines)], '\n'),
    keyboard: keyboard([
      turnButtons(page, hasMore, (to) => historyScreen.encode({ key: task.key, page: to })),
      [back],
    ]),
  }
}

const maxQuestion = 80

/** Shows a closed question, how it ended, and how long it waited. */
function closedLine(question: Question): Html {
  const { kind, askedAt, closedAt, state } = question
  const asked = title(firstLine(question.items[0]?.text ?? '', maxQuestion))
  // An answer that was undone leaves its question open.
  if (state === 'open' || closedAt === null) return html`${questionSign[kind]} ${asked}`
  const waited = duration(closedAt.getTime() - askedAt.getTime())
  return html`${questionSign[kind]} ${asked} ${outcomeText(question)} · waited ${waited}`
}

function byDay<T>(
  items: readonly T[],
  at: (item: T) => Date,
  viewer: Viewer,
  line: (item: T) => Content,
): Content[] {
  let shown = ''
  return items.flatMap((item): Content[] => {
    const of = day(at(item), viewer.now, viewer.timeZone)
    const isNew = of !== shown
    shown = of
    return [...(isNew ? [html`\n${bold(of)}`] : []), line(item)]
  })
}

function turnButtons(page: number, hasMore: boolean, toPage: (page: number) => string): Button[] {
  return [
    ...(page > 0 ? [{ label: `${signs.back} Newer`, data: toPage(page - 1) }] : []),
    ...(hasMore ? [{ label: `Older ${signs.next}`, data: toPage(page + 1) }] : []),
  ]
}

/** Confirms a work log, with Undo. */
export function loggedCard(log: WorkLog): Card {
  const about = log.taskKey ?? log.projectKey
  return {
    text: joinHtml(
      [
        html`${signs.workLog} Logged${about !== null && html` on ${bold(about)}`}: ${title(log.title)}`,
        log.detail !== null && html`<i>${title(log.detail, 200)}</i>`,
      ],
      '\n',
    ),
    keyboard: keyboard([
      [
        button(`${signs.undo} Undo`, undoTap, { on: 'card', audit: log.id }),
        ...(log.taskKey === null ? [] : [button(log.taskKey, openTap, { key: log.taskKey })]),
      ],
    ]),
  }
}
