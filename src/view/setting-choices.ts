import { chosen, doesAct } from './buttons.ts'
import type { Button } from './card.ts'
import type { Html } from './html.ts'

/** What a part of the settings says, and its choices. */
export interface SettingChoices {
  readonly text: Html
  readonly rows: readonly (readonly Button[])[]
}

/** A value that a setting can have, marked where it has it. */
export function choice(label: string, name: string, value: string, is: boolean): Button {
  return doesAct(chosen(label, is), { name: 'set', about: name, value })
}

/** Asks for a value in the owner's own words. */
export function write(label: string, ask: string): Button {
  return doesAct(label, { name: 'ask', about: ask })
}
