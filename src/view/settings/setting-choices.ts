import { chosen, doesAct } from '../kit/buttons.ts'
import type { Button } from '../kit/card.ts'
import type { Html } from '../kit/html.ts'

/** The text of a part of the settings, and its choices. */
export interface SettingChoices {
  readonly text: Html
  readonly rows: readonly (readonly Button[])[]
}

/** A value that a setting can have, with a check mark if it's the current one. */
export function choice(label: string, name: string, value: string, is: boolean): Button {
  return doesAct(chosen(label, is), { name: 'set', about: name, value })
}

/** A button that asks for a typed value. */
export function write(label: string, ask: string): Button {
  return doesAct(label, { name: 'ask', about: ask })
}
