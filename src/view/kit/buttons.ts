import type { ActName, Callback, ScreenName } from './callbacks.ts'
import type { Button } from './card.ts'
import { laneCount, statusSign } from './names.ts'
import { signs } from './signs.ts'

/** A button that leads to a screen. */
export function toScreen(label: string, name: ScreenName, argument = '', page = 0): Button {
  return { label, does: { do: 'screen', name, argument, page } }
}

/** A button that does something on a screen: a name, what it is about, a value. */
export function doesAct(
  label: string,
  act: { readonly name: ActName; readonly about?: string; readonly value?: string },
  style?: 'danger' | 'success' | 'primary',
): Button {
  const does: Callback = { do: 'act', name: act.name, about: act.about ?? '', value: act.value ?? '' }
  return { label, does, ...(style === undefined ? {} : { style }) }
}

/** The label of a choice, marked where it is the one that holds. */
export function chosen(label: string, is: boolean): string {
  return is ? `${signs.chosen} ${label}` : label
}

/** Turns the pages of a screen; nothing where there is one page. */
export function pageButtons(screen: {
  readonly name: ScreenName
  readonly argument?: string
  readonly page: number
  readonly pages: number
}): Button[] {
  const { name, argument, page, pages } = screen
  if (pages < 2) return []
  return [
    ...(page > 0 ? [toScreen(signs.back, name, argument, page - 1)] : []),
    { label: `${page + 1}/${pages}`, disabled: true },
    ...(page < pages - 1 ? [toScreen(signs.next, name, argument, page + 1)] : []),
  ]
}

/** One page of a list; a page beyond the end is the last one. */
export function pageOf<T>(
  all: readonly T[],
  page: number,
  size: number,
): { readonly shown: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(all.length / size))
  const current = Math.min(Math.max(page, 0), pages - 1)
  return { shown: all.slice(current * size, (current + 1) * size), page: current, pages }
}

/** Leads to the triage deck. */
export function triageButton(count: number): Button {
  return toScreen(`${statusSign.inbox} Triage ${laneCount(count)} new`, 'inbox')
}
