import { chosen, doesAct } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import type { Html } from '../kit/html.ts'

/** A settings screen's text and choices. */
export interface SettingChoices {
  readonly text: Html
  readonly rows: readonly (readonly Button[])[]
}

/** Builds a button that sets a value, with a check mark if it's the current one. */
export function choice(label: string, name: string, value: string, is: boolean): Button {
  return doesAct(chosen(label, is), { name: 'set', about: name, value })
}

/** Builds a button that asks for a typed value. */
export function write(label: string, ask: string): Button {
  return doesAct(label, { name: 'ask', about: ask })
}
