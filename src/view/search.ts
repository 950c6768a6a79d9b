import { namingFiles } from '../domain/note-files.ts'
import type { SearchHit } from '../domain/search.ts'
import { toScreen } from './buttons.ts'
import { type Card, keyboard } from './card.ts'
import { bold, clip, type Html, html, joinHtml } from './html.ts'
import { openButtons, taskLine } from './task-line.ts'
import { logLine } from './timeline.ts'
import type { Reader } from './when.ts'

/** How many hits a page has. */
export const hitsAPage = 8

export interface SearchFacts extends Reader {
  readonly words: string
  readonly hits: readonly SearchHit[]
  readonly page: number
  readonly hasMore: boolean
}

/** /search: a page of what was found, the tasks first, then what was logged. */
export function searchCard({ words, hits, page, hasMore, ...reader }: SearchFacts): Card {
  const head = html`🔎 ${bold(clip(words, 80))}`
  const keys = [...new Set(hits.flatMap((hit) => keyOf(hit) ?? []))]
  const turn = (label: string, to: number) => toScreen(label, 'search', '', to)
  const isWhole = page === 0 && !hasMore
  return {
    text: joinHtml(
      [
        head,
        joinHtml(
          hits.length === 0 ? ['Nothing found.'] : hits.map((hit) => hitLine(hit, words, reader)),
          '\n',
        ),
      ],
      '\n\n',
    ),
    keyboard: keyboard([
      ...openButtons(keys.map((key) => ({ key }))),
      isWhole
        ? []
        : [
            ...(page > 0 ? [turn('‹', page - 1)] : []),
            { label: `Page ${page + 1}`, disabled: true },
            ...(hasMore ? [turn('›', page + 1)] : []),
          ],
    ]),
  }
}

function keyOf(hit: SearchHit): string | null {
  return hit.kind === 'task' ? hit.task.key : hit.log.taskKey
}

function hitLine(hit: SearchHit, words: string, reader: Reader): Html {
  if (hit.kind === 'task') {
    const excerpt = excerptOf(hit.task.note, hit.task.title, words)
    return joinHtml([taskLine(hit.task, reader), excerpt && html`    <i>${excerpt}</i>`], '\n')
  }
  const excerpt = excerptOf(hit.log.detail, hit.log.title, words)
  return joinHtml([logLine(hit.log, reader), excerpt && html`    <i>${excerpt}</i>`], '\n')
}

const around = 40

/** Where in a long text the words stand, where the line above does not show them. */
function excerptOf(text: string | null, shown: string, words: string): string | null {
  const lower = (value: string) => value.toLocaleLowerCase()
  const missing = words.split(/\s+/).filter((word) => word !== '' && !lower(shown).includes(lower(word)))
  const plain = namingFiles(text ?? '').replace(/\s+/g, ' ')
  const at = missing.map((word) => lower(plain).indexOf(lower(word))).find((index) => index >= 0)
  if (at === undefined) return null
  const start = Math.max(0, at - around)
  // A cut may fall into the middle of a character.
  const cut = plain.slice(start, at + 2 * around).replace(/\p{Surrogate}/gu, '')
  return `${start > 0 ? '…' : ''}${cut.trim()}${at + 2 * around < plain.length ? '…' : ''}`
}
