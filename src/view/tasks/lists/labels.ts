import type { LabelCount } from '../../../domain/labels/labels.ts'
import { chosen, doesAct, pageButtons, pageOf, toScreen } from '../../kit/buttons.ts'
import { packUuid } from '../../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../../kit/card.ts'
import { bold, clip, html, joinHtml } from '../../kit/html.ts'
import { countedTasks } from '../../kit/names.ts'
import { signs } from '../../kit/signs.ts'

// Circles are priorities.
const colorSign: Readonly<Record<string, string>> = {
  gray: signs.labelGray,
  blue: signs.labelBlue,
  green: signs.labelGreen,
  orange: signs.labelOrange,
  yellow: signs.labelYellow,
  red: signs.labelRed,
  violet: signs.labelViolet,
  indigo: signs.labelIndigo,
  teal: signs.labelTeal,
  pink: signs.labelPink,
}
const labelsAPage = 12

/** A label and how many tasks have it, including done ones. */
export interface LabelUse extends LabelCount {
  readonly total: number
}

/** Returns a label color's sign; a tag for unknown colors. */
function labelSign(color: string): string {
  return colorSign[color] ?? signs.label
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
        html`${signs.label} ${bold('Labels')}`,
        ...(lines.length === 0 ? ['No labels yet. Add #name to a task to create one.'] : lines),
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map((label) =>
          toScreen(`${labelSign(label.color)} ${clip(label.name, 20)}`, 'label', label.id),
        ),
        3,
      ),
      pageButtons({ name: 'labels', page, pages }),
      [
        doesAct('+ New label', { name: 'ask', about: 'new-label' }),
        ...(facts.undo ? [doesAct(`${signs.undo} Undo`, { name: 'undo-label', value: facts.undo })] : []),
      ],
    ]),
  }
}

/** Shows one label. */
export function labelCard(label: LabelUse, undo?: string | null): Card {
  return {
    text: html`${labelSign(label.color)} ${bold(label.name)}\nUsed on ${countedTasks(label.total)} (${label.open} open).`,
    keyboard: keyboard([
      [
        doesAct('Rename', { name: 'ask', about: 'label-name', value: label.id }),
        toScreen('Color', 'label-color', label.id),
      ],
      [
        toScreen('Merge', 'label-merge', label.id),
        { ...toScreen('Delete', 'label-delete', label.id), style: 'danger' as const },
      ],
      [
        ...(undo ? [doesAct(`${signs.undo} Undo`, { name: 'undo-label', value: undo })] : []),
        toScreen(`${signs.back} Labels`, 'labels'),
      ],
    ]),
  }
}

export function labelColorCard(label: LabelCount): Card {
  const colors = Object.keys(colorSign).map((color) =>
    doesAct(chosen(`${labelSign(color)} ${color}`, label.color === color), {
      name: 'label-color',
      about: label.id,
      value: color,
    }),
  )
  return {
    text: html`Pick a color for ${bold(label.name)}.`,
    keyboard: keyboard([...inRows(colors, 2), [toScreen(`${signs.back} Back`, 'label', label.id)]]),
  }
}

/** Asks which label to merge this one into. */
export function labelMergeCard(label: LabelUse, others: readonly LabelCount[], asked: number): Card {
  const { shown, page, pages } = pageOf(others, asked, labelsAPage)
  const into = shown.map((other) =>
    doesAct(`${labelSign(other.color)} ${clip(other.name, 20)}`, {
      name: 'label-merge',
      about: packUuid(label.id),
      value: packUuid(other.id),
    }),
  )
  return {
    text:
      others.length === 0
        ? html`There's no other label to merge ${bold(label.name)} into.`
        : html`Merge ${bold(label.name)} into which label? Its ${countedTasks(label.total)} ${label.total === 1 ? 'moves' : 'move'} over and ${bold(label.name)} is deleted.`,
    keyboard: keyboard([
      ...inRows(into, 2),
      pageButtons({ name: 'label-merge', argument: label.id, page, pages }),
      [toScreen(`${signs.back} Back`, 'label', label.id)],
    ]),
  }
}

/** Asks once before a label is deleted. */
export function labelDeleteCard(label: LabelUse): Card {
  return {
    text: html`Delete label ${bold(label.name)}? It will be removed from ${countedTasks(label.total)}.`,
    keyboard: keyboard([
      [
        doesAct('Delete', { name: 'label-delete', about: label.id }, 'danger'),
        toScreen('Keep', 'label', label.id),
      ],
    ]),
  }
}
