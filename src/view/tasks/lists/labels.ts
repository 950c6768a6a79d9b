import type { LabelCount } from '../../../domain/labels/labels.ts'
import { askButton, button, chosen, pageButtons, pageOf } from '../../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../../kit/card.ts'
import { bold, html, joinHtml, shorten } from '../../kit/html.ts'
import { undoOn } from '../../kit/links.ts'
import { countedTasks } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'

export const labelsScreen = defineScreen('labels')
export const labelScreen = defineScreen('label', { id: field.text })
export const labelColorScreen = defineScreen('label-color', { id: field.text })
export const labelDeleteScreen = defineScreen('label-delete', { id: field.text })
export const labelMergeScreen = defineScreen('label-merge', { id: field.text })
export const labelColorTap = defineAct('label-color', { id: field.text }, { color: field.text })
export const labelDeleteTap = defineAct('label-delete', { id: field.text })
export const labelMergeTap = defineAct('label-merge', { from: field.uuid }, { into: field.uuid })
export const labelUndoTap = undoOn('labels', defineAct('undo-label', {}, { audit: field.text }))

const labelsSign = '🏷'
// Circles are priorities.
const colorSign: Readonly<Record<string, string>> = {
  gray: '⬜️',
  blue: '🟦',
  green: '🟩',
  orange: '🟧',
  yellow: '🟨',
  red: '🟥',
  violet: '🟪',
  indigo: '🔷',
  teal: '💠',
  pink: '🌸',
}
const labelsAPage = 12

/** A label and how many tasks have it, including done ones. */
export interface LabelUse extends LabelCount {
  readonly total: number
}

/** Returns a label color's sign; a tag for unknown colors. */
function labelSign(color: string): string {
  return colorSign[color] ?? labelsSign
}

/** Lists all labels with their open task counts. */
export function labelsCard(facts: {
  readonly labels: readonly LabelCount[]
  readonly page: number
  readonly undo?: string | null
}): Card {
  const { shown, page, pages } = pageOf(facts.labels, facts.page, labelsAPage)
  const lines = shown.map((label) => html`${labelSign(label.color)} ${label.name} · ${label.open} open`)
  return {
    text: joinHtml(
      [
        html`${labelsSign} ${bold('Labels')}`,
        ...(lines.length === 0 ? ['No labels yet. Add #name to a task to create one.'] : lines),
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map((label) =>
          button(`${labelSign(label.color)} ${shorten(label.name, 20)}`, labelScreen, { id: label.id }),
        ),
        3,
      ),
      pageButtons({ page, pages }, (to) => labelsScreen.encode({ page: to })),
      [
        askButton('+ New label', 'new-label'),
        ...(facts.undo ? [button(`${signs.undo} Undo`, labelUndoTap, { audit: facts.undo })] : []),
      ],
    ]),
  }
}

/** Shows one label. */
export function labelCard(label: LabelUse, undo?: string | null): Card {
  return {
    text: html`${labelSign(label.color)} ${bold(label.name)}\nUsed on ${countedTasks(label.total)} (${label.open} open).`,
    keyboard: keyboard([
      [askButton('Rename', 'label-name', label.id), button('Color', labelColorScreen, { id: label.id })],
      [
        button('Merge', labelMergeScreen, { id: label.id }),
        { ...button('Delete', labelDeleteScreen, { id: label.id }), style: 'danger' as const },
      ],
      [
        ...(undo ? [button(`${signs.undo} Undo`, labelUndoTap, { audit: undo })] : []),
        button(`${signs.back} Labels`, labelsScreen),
      ],
    ]),
  }
}

export function labelColorCard(label: LabelCount): Card {
  const colors = Object.keys(colorSign).map((color) =>
    button(chosen(`${labelSign(color)} ${color}`, label.color === color), labelColorTap, {
      id: label.id,
      color,
    }),
  )
  return {
    text: html`Pick a color for ${bold(label.name)}.`,
    keyboard: keyboard([...inRows(colors, 2), [button(`${signs.back} Back`, labelScreen, { id: label.id })]]),
  }
}

/** Asks which label to merge this one into. */
export function labelMergeCard(label: LabelUse, others: readonly LabelCount[], asked: number): Card {
  const { shown, page, pages } = pageOf(others, asked, labelsAPage)
  const into = shown.map((other) =>
    button(`${labelSign(other.color)} ${shorten(other.name, 20)}`, labelMergeTap, {
      from: label.id,
      into: other.id,
    }),
  )
  return {
    text:
      others.length === 0
        ? html`There's no other label to merge ${bold(label.name)} into.`
        : html`Merge ${bold(label.name)} into which label? Its ${countedTasks(label.total)} ${label.total === 1 ? 'moves' : 'move'} over and ${bold(label.name)} is deleted.`,
    keyboard: keyboard([
      ...inRows(into, 2),
      pageButtons({ page, pages }, (to) => labelMergeScreen.encode({ id: label.id, page: to })),
      [button(`${signs.back} Back`, labelScreen, { id: label.id })],
    ]),
  }
}

/** Asks once before a label is deleted. */
export function labelDeleteCard(label: LabelUse): Card {
  return {
    text: html`Delete label ${bold(label.name)}? It will be removed from ${countedTasks(label.total)}.`,
    keyboard: keyboard([
      [
        button('Delete', labelDeleteTap, { id: label.id }, 'danger'),
        button('Keep', labelScreen, { id: label.id }),
      ],
    ]),
  }
}
