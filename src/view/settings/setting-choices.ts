import type { PromptKind } from '../../telegram/store/messages/reply-topic.ts'
import { askButton, button, chosen } from '../kit/buttons.ts'
import { defineAct, field } from '../kit/callbacks.ts'
import type { Button } from '../kit/card.ts'
import type { Html } from '../kit/html.ts'

export const settingTap = defineAct('set', { name: field.text }, { value: field.text })

/** A settings screen's text and choices. */
export interface SettingChoices {
  readonly text: Html
  readonly rows: readonly (readonly Button[])[]
}

/** Builds a button that sets a value, with a check mark if it's the current one. */
export function choice(label: string, name: string, value: string, is: boolean): Button {
  return button(chosen(label, is), settingTap, { name, value })
}

/** A button that asks for a typed value. */
export function write(label: string, kind: PromptKind): Button {
  return askButton(label, kind)
}
