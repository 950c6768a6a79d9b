import type { PromptKind } from '../../telegram/store/messages/reply-topic.ts'
import type { ButtonCodec } from './callbacks.ts'
import type { Button } from './card.ts'
import { promptTap } from './links.ts'
import { signs } from './signs.ts'

type Style = 'danger' | 'success' | 'primary'

/** Builds a button from its codec and payload. */
export function button(label: string, codec: ButtonCodec<Record<never, never>>): Button
export function button<P>(label: string, codec: ButtonCodec<P>, payload: NoInfer<P>, style?: Style): Button
export function button<P>(label: string, codec: ButtonCodec<P>, payload = {} as P, style?: Style): Button {
  return { label, data: codec.encode(payload), ...(style === undefined ? {} : { style }) }
}

/** Builds a button that prompts for text. */
export function askButton(label: string, kind: PromptKind, about = ''): Button {
  return button(label, promptTap, { kind, about })
}

/** Marks the label of the current choice. */
export function chosen(label: string, is: boolean): string {
  return is ? `${signs.chosen} ${label}` : label
}

/** Builds the buttons that page through a screen; none if there is only one page. */
export function pageButtons(
  { page, pages }: { readonly page: number; readonly pages: number },
  toPage: (page: number) => string,
): Button[] {
  if (pages < 2) return []
  return [
    ...(page > 0 ? [{ label: signs.back, data: toPage(page - 1) }] : []),
    { label: `${page + 1}/${pages}`, disabled: true },
    ...(page < pages - 1 ? [{ label: signs.next, data: toPage(page + 1) }] : []),
  ]
}

/** Returns one page of a list. A page number past the end gives the last page. */
export function pageOf<T>(
  all: readonly T[],
  page: number,
  size: number,
): { readonly shown: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(all.length / size))
  const current = Math.min(Math.max(page, 0), pages - 1)
  return { shown: all.slice(current * size, (current + 1) * size), page: current, pages }
}
