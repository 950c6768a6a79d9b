import type { LabelCount } from '../domain/labels.ts'
import { chosen, doesAct, pageButtons, pageOf, toScreen } from './buttons.ts'
import { packUuid } from './callbacks.ts'
import { type Card, inRows, keyboard } from './card.ts'
import { bold, clip, html, joinHtml } from './html.ts'
import { countedTasks } from './names.ts'

const colorSign: Readonly<Record<string, string>> = {
  gray: '⚪️',
  blue: '🔵',
  green: '🟢',
  orange: '🟠',
  yellow: '🟡',
  red: '🔴',
  violet: '🟣',
  indigo: '🟪',
  teal: '🟩',
  pink: '🌸',
}
const labelsAPage = 12

/** A label with how many tasks have it, done ones included. */
export interface LabelUse extends LabelCount {
  readonly total: number
}

/** The colour of a label as a sign; a colour without one is a tag. */
function labelSign(color: string): string {
  return colorSign[color] ?? '🏷'
}

/** All labels with how many open tasks have each. */
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
        html`🏷 ${bold('Labels')}`,
        ...(lines.length === 0 ? ['None yet. Write #name in a task and the label is made.'] : lines),
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
        ...(facts.undo ? [doesAct('↩️ Undo', { name: 'undo-label', value: facts.undo })] : []),
      ],
    ]),
  }
}

/** One label and what can be done with it. */
export function labelCard(label: LabelUse, undo?: string | null): Card {
  return {
    text: html`${labelSign(label.color)} ${bold(label.name)}\nOn ${countedTasks(label.total)}, ${label.open} open.`,
    keyboard: keyboard([
      [
        doesAct('Rename', { name: 'ask', about: 'label-name', value: label.id }),
        toScreen('Colour', 'label-color', label.id),
      ],
      [
        toScreen('Merge into …', 'label-merge', label.id),
        { ...toScreen('Delete', 'label-delete', label.id), style: 'danger' as const },
      ],
      [
        ...(undo ? [doesAct('↩️ Undo', { name: 'undo-label', value: undo })] : []),
        toScreen('‹ Labels', 'labels'),
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
    text: html`Which colour for ${bold(label.name)}?`,
    keyboard: keyboard([...inRows(colors, 2), [toScreen('‹ Back', 'label', label.id)]]),
  }
}

/** Asks into which label another one goes. */
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
        ? html`There is no other label to merge ${bold(label.name)} into.`
        : html`Merge ${bold(label.name)} into which label? Its ${countedTasks(label.total)} get that one instead, and ${bold(label.name)} goes.`,
    keyboard: keyboard([
      ...inRows(into, 2),
      pageButtons({ name: 'label-merge', argument: label.id, page, pages }),
      [toScreen('‹ Back', 'label', label.id)],
    ]),
  }
}

/** Asks once before a label is deleted. */
export function labelDeleteCard(label: LabelUse): Card {
  return {
    text: html`Delete the label ${bold(label.name)}? It comes off ${countedTasks(label.total)}.`,
    keyboard: keyboard([
      [
        doesAct('Delete', { name: 'label-delete', about: label.id }, 'danger'),
        toScreen('Keep', 'label', label.id),
      ],
    ]),
  }
}
