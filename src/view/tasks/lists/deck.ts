import type { TaskCardFacts } from '../../../domain/tasks/card.ts'
import type { DeckOutcome, DeckTopic } from '../../../telegram/store/messages/reply-topic.ts'
import { button } from '../../kit/buttons.ts'
import { defineButton, field } from '../../kit/callbacks.ts'
import { type Button, type Card, keyboard } from '../../kit/card.ts'
import { bold, fitMessage, type Html, html, joinHtml } from '../../kit/html.ts'
import { boardScreen, inboxScreen } from '../../kit/links.ts'
import { laneCount, statusSign } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'
import { fileButton, taskButtons, turnRows } from '../buttons.ts'
import { menuTap, undoTap } from '../callbacks.ts'
import type { TaskCardOptions } from '../card.ts'
import { taskCardText } from '../text.ts'

export const skipTap = defineButton('skip', 's', { key: field.taskKey })

export interface DeckCardOptions extends TaskCardOptions {
  readonly deck: DeckTopic
  /** The number of cards left, including this one. */
  readonly left: number
}

/** Renders one card of the triage deck. */
export function deckCard(task: TaskCardFacts, options: DeckCardOptions): Card {
  const { deck, left, notice } = options
  const head = joinHtml([bold(deckNotice(deck, left)), notice], ' · ')
  return {
    text: fitMessage(joinHtml([head, taskCardText(task, options)], '\n')),
    keyboard: keyboard(deckRows(task, options)),
  }
}

/** Returns the deck's progress: "3 of 12". */
export function deckNotice(deck: DeckTopic, left: number): string {
  const seen = seenIn(deck)
  return `${seen + 1} of ${seen + left}`
}

function seenIn({ moved, skipped }: DeckTopic): number {
  return Object.keys(moved).length + skipped.length
}

function deckRows(task: TaskCardFacts, options: DeckCardOptions): Button[][] {
  const { key } = task
  const undo = undoButtons(options.deck.undos?.at(-1) ?? null)
  const toMenu = (label: string, menu: 'edit' | 'more'): Button =>
    button(label, menuTap, { on: 'deck', key, menu, page: 0 })
  const { menu = 'main' } = options
  if (menu === 'main') {
    const skip: Button = button('Skip', skipTap, { key })
    return [...turnRows(task, 'deck'), [skip, toMenu('More', 'more'), ...undo]]
  }
  const rows = taskButtons(task, { ...options, on: 'deck' })
  const first = [toMenu('Edit', 'edit'), ...fileButton(task)]
  const all = menu === 'more' ? [first, ...rows] : rows
  return [...all.slice(0, -1), [...(all.at(-1) ?? []), ...undo]]
}

function undoButtons(audit: string | null): Button[] {
  return audit === null ? [] : [button(`${signs.undo} Undo`, undoTap, { on: 'deck', audit })]
}

const outcomeNames: Record<DeckOutcome, string> = {
  queued: 'queued',
  todo: 'todo',
  later: 'later',
  hold: 'on hold',
  ready: 'ready',
  done: 'done',
  archived: 'dropped',
  deleted: 'deleted',
  inbox: 'inbox',
}

/** Ends the deck with what happened to its cards. */
export function deckSummary(deck: DeckTopic, undo: string | null): Card {
  const again = deck.skipped.length === 0 ? [] : [button('Show skipped', inboxScreen)]
  return {
    text: summaryText(deck),
    keyboard: keyboard([
      [...undoButtons(undo), ...again],
      [button('Board', boardScreen, { projectKey: '' })],
    ]),
  }
}

function summaryText({ moved, skipped }: DeckTopic): Html {
  const went = Object.values(moved)
  const counts = Object.entries(outcomeNames)
    .map(([outcome, name]) => ({ name, count: went.filter((to) => to === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
  if (went.length === 0 && skipped.length === 0) return html`${signs.inbox} Your inbox is empty.`
  return joinHtml(
    [
      went.length > 0 && html`${signs.inbox} ${bold(`${went.length} triaged:`)} ${joinHtml(counts, ' · ')}`,
      skipped.length > 0 && `${skipped.length} skipped`,
    ],
    '\n',
  )
}

/** Opens the triage deck. */
export function triageButton(count: number): Button {
  return button(`${statusSign.inbox} Triage ${laneCount(count)} new`, inboxScreen)
}
