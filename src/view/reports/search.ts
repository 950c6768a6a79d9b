import type { SearchHit } from '../../domain/tasks/lists/search.ts'
import { namingFiles } from '../../domain/tasks/notes/note-files.ts'
import { button } from '../kit/buttons.ts'
import { defineScreen, field } from '../kit/callbacks.ts'
import { type Card, keyboard } from '../kit/card.ts'
import { bold, type Html, html, italic, joinHtml, shorten, title } from '../kit/html.ts'
import { signs } from '../kit/signs.ts'
import type { Viewer } from '../kit/when.ts'
import { openButtons, taskLine } from '../tasks/line.ts'
import { logLine } from './timeline.ts'

const searchSign = '🔎'

/** Without words, searches for those in the message with the button. */
export const searchScreen = defineScreen('search', { words: field.text })

/** Hits per page. */
export const hitsAPage = 8

export interface SearchFacts extends Viewer {
  readonly words: string
  readonly hits: readonly SearchHit[]
  readonly page: number
  readonly hasMore: boolean
  /** Titles of the tasks whose logs matched, by key. */
  readonly titles?: ReadonlyMap<string, string>
}

/** /search: one page of hits, tasks first, then work logs. */
export function searchCard({ words, hits, page, hasMore, titles, ...viewer }: SearchFacts): Card {
  const head = html`${searchSign} ${bold(shorten(words, 80))}`
  const found = new Map(hits.flatMap((hit) => namedBy(hit, titles)))
  const turn = (label: string, to: number) => button(label, searchScreen, { words: '', page: to })
  const isWhole = page === 0 && !hasMore
  return {
    text: joinHtml(
      [
        head,
        joinHtml(hits.length === 0 ? ['No results.'] : hits.map((hit) => hitLine(hit, words, viewer)), '\n'),
      ],
      '\n\n',
    ),
    keyboard: keyboard([
      ...openButtons([...found].map(([key, words]) => ({ key, title: words }))),
      isWhole
        ? []
        : [
            ...(page > 0 ? [turn(signs.back, page - 1)] : []),
            { label: `Page ${page + 1}`, disabled: true },
            ...(hasMore ? [turn(signs.next, page + 1)] : []),
          ],
    ]),
  }
}

function namedBy(hit: SearchHit, titles: SearchFacts['titles']): (readonly [string, string])[] {
  if (hit.kind === 'task') return [[hit.task.key, hit.task.title]]
  const { taskKey } = hit.log
  return taskKey === null ? [] : [[taskKey, titles?.get(taskKey) ?? '']]
}

function hitLine(hit: SearchHit, words: string, viewer: Viewer): Html {
  if (hit.kind === 'task') {
    const excerpt = excerptOf(hit.task.note, hit.task.title, words)
    return joinHtml([taskLine(hit.task, viewer), excerpt && html`    ${italic(title(excerpt))}`], '\n')
  }
  const excerpt = excerptOf(hit.log.detail, hit.log.title, words)
  return joinHtml([logLine(hit.log, viewer), excerpt && html`    ${italic(title(excerpt))}`], '\n')
}

const around = 40

/** Returns the part of a long text that matches, unless the line above already shows it. */
function excerptOf(text: string | null, shown: string, words: string): string | null {
  const lower = (value: string) => value.toLocaleLowerCase()
  const missing = words.split(/\s+/).filter((word) => word !== '' && !lower(shown).includes(lower(word)))
  const plain = namingFiles(text ?? '').replace(/\s+/g, ' ')
  const at = missing.map((word) => lower(plain).indexOf(lower(word))).find((index) => index >= 0)
  if (at === undefined) return null
  const start = Math.max(0, at - around)
  // The cut may split a character.
  const cut = plain.slice(start, at + 2 * around).replace(/\p{Surrogate}/gu, '')
  return `${start > 0 ? '…' : ''}${cut.trim()}${at + 2 * around < plain.length ? '…' : ''}`
}
