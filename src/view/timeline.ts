import type { HistoryEntry } from '../domain/history.ts'
import { namingFiles } from '../domain/note-files.ts'
import type { Task } from '../domain/tasks/task.ts'
import { parseResult } from '../domain/work-log-texts.ts'
import type { WorkLog } from '../domain/work-logs.ts'
import { whatHappened } from './audit.ts'
import { toScreen } from './buttons.ts'
import { type Button, type Card, keyboard } from './card.ts'
import { firstLine } from './first-line.ts'
import { bold, type Content, clip, type Html, html, joinHtml } from './html.ts'
import { openButtons } from './task-line.ts'
import { clock, day, type Reader } from './when.ts'

/** How many logs a page of the timeline has. */
export const logsAPage = 12

const maxText = 150

/** A work log in one line, with its day and time. */
export function logLine(log: WorkLog, reader: Reader): Html {
  const at = `${day(log.workedAt, reader.now, reader.timeZone)} ${clock(log.workedAt, reader.timeZone)}`
  return html`${at} ${log.taskKey !== null && html`${bold(log.taskKey)} `}${logText(log)}`
}

/** What a log says, in the words of the chat: the titles that the board itself writes are a wire format. */
function logText(log: WorkLog): string {
  const first = (text: string | null) => firstLine(namingFiles(text ?? ''), maxText)
  const { title, detail } = log
  if (title.startsWith('PREQSTATION Result · ')) {
    const { summary, blockedReason } = parseResult(detail ?? '')
    return blockedReason === null ? `🏁 ${first(summary) || 'Result'}` : `⛔️ ${first(blockedReason)}`
  }
  if (title.startsWith('PREQSTATION Plan · '))
    return `🗺 ${first(parseResult(detail ?? '').summary) || 'Plan'}`
  if (title.startsWith('Comment · ')) return `💬 ${first(detail)}`
  const [, from, to] = / · (\w+) -> (\w+)$/.exec(title) ?? []
  if (from !== undefined && to !== undefined) return `${from} → ${to}`
  const [, fields] = / · Fields Updated \(\d+\) · (.*)$/.exec(title) ?? []
  if (fields !== undefined) return `✏️ ${fields.replaceAll('_', ' ')}`
  return / · Note Updated$/.test(title) ? '✏️ note' : `📓 ${title}`
}

export interface TimelineFacts extends Reader {
  /** What it is filtered by: a task's or project's key, or empty. */
  readonly about: string
  readonly logs: readonly WorkLog[]
  readonly page: number
  readonly hasMore: boolean
}

/** /log without text: what was worked on, under the days, newest first. */
export function timelineCard({ about, logs, page, hasMore, ...reader }: TimelineFacts): Card {
  const head = html`📓 ${bold(about === '' ? 'Work log' : `Work log of ${about}`)}`
  const lines = byDay(
    logs,
    (log) => log.workedAt,
    reader,
    (log) => {
      const key = log.taskKey === null || log.taskKey === about ? null : html`${bold(log.taskKey)} `
      return html`${clock(log.workedAt, reader.timeZone)} ${key}${logText(log)}`
    },
  )
  const keys = [...new Set(logs.flatMap((log) => log.taskKey ?? []))].slice(0, 8)
  const hint = html`Nothing logged yet. Write ${about === '' ? '/log and what you did' : `/log ${about} and what you did`}.`
  return {
    text: joinHtml([head, ...(logs.length === 0 ? [hint] : lines)], '\n'),
    keyboard: keyboard([
      ...openButtons(keys.map((key) => ({ key }))),
      turnButtons('log', about, page, hasMore),
    ]),
  }
}

/** The history of a task: what was done to it and said of it, newest first. */
export function historyCard(
  task: Task,
  {
    entries,
    page,
    hasMore,
    ...reader
  }: Reader & {
    readonly entries: readonly HistoryEntry[]
    readonly page: number
    readonly hasMore: boolean
  },
): Card {
  const head = html`🕓 ${bold(`History of ${task.key}`)} · ${clip(task.title, 80)}`
  const lines = byDay(
    entries,
    ({ at }) => at,
    reader,
    (one) => {
      const time = clock(one.at, reader.timeZone)
      if (one.kind === 'log') return html`${time} ${logText(one.log)}${isComment(one.log.title) && ' · you'}`
      const meta = (one.entry.meta ?? {}) as Record<string, unknown>
      return html`${time} ${clip(whatHappened(one.entry, meta, reader), maxText)} · ${nameOf(String(meta.by ?? ''))}`
    },
  )
  const back: Button = {
    label: '‹ Back',
    does: { do: 'menu', on: 'card', key: task.key, menu: 'main', page: 0 },
  }
  return {
    text: joinHtml([head, ...(entries.length === 0 ? ['Nothing yet.'] : lines)], '\n'),
    keyboard: keyboard([turnButtons('history', task.key, page, hasMore), [back]]),
  }
}

const isComment = (title: string) => title.startsWith('Comment · ')

function nameOf(by: string): string {
  if (by === 'owner') return 'you'
  return by === 'system' ? 'the board' : by.replace(/^agent:/, '🤖 ')
}

function byDay<T>(
  items: readonly T[],
  at: (item: T) => Date,
  reader: Reader,
  line: (item: T) => Content,
): Content[] {
  let shown = ''
  return items.flatMap((item): Content[] => {
    const of = day(at(item), reader.now, reader.timeZone)
    const isNew = of !== shown
    shown = of
    return [...(isNew ? [html`\n${bold(of)}`] : []), line(item)]
  })
}

function turnButtons(name: 'log' | 'history', argument: string, page: number, hasMore: boolean): Button[] {
  return [
    ...(page > 0 ? [toScreen('‹ Newer', name, argument, page - 1)] : []),
    ...(hasMore ? [toScreen('Older ›', name, argument, page + 1)] : []),
  ]
}

/** Says that a work log was written; Undo takes it away again. */
export function loggedCard(log: WorkLog): Card {
  const about = log.taskKey ?? log.projectKey
  return {
    text: joinHtml(
      [
        html`📓 Logged${about !== null && html` on ${bold(about)}`}: ${log.title}`,
        log.detail !== null && html`<i>${clip(log.detail, 200)}</i>`,
      ],
      '\n',
    ),
    keyboard: keyboard([
      [
        { label: '↩️ Undo', does: { do: 'undo', on: 'card', audit: log.id } },
        ...(log.taskKey === null
          ? []
          : [{ label: log.taskKey, does: { do: 'open', key: log.taskKey } } as const]),
      ],
    ]),
  }
}
