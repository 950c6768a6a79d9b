import type { SessionRule } from '../../domain/questions/session-rules.ts'
import type { PermissionSettings } from '../../domain/settings/settings.ts'
import { button, chosen, pageButtons, pageOf } from '../kit/buttons.ts'
import { defineAct, defineScreen, field } from '../kit/callbacks.ts'
import { type Card, inRows, keyboard } from '../kit/card.ts'
import { bold, code, type Html, html, italic, joinHtml, shorten } from '../kit/html.ts'
import { agentsScreen, undoOn } from '../kit/links.ts'
import { counted } from '../kit/names.ts'
import { signs } from '../kit/signs.ts'
import { ago } from '../kit/when.ts'

/** What the owner can decide about all permissions, each by a command of this name. */
export const permissionChoices = ['away', 'here', 'lock', 'unlock'] as const
export type PermissionChoice = (typeof permissionChoices)[number]

export const permissionsScreen = defineScreen('permissions')
export const permissionsTap = defineAct('permissions', {}, { to: field.named(permissionChoices) })
export const permissionsUndoTap = undoOn(
  'permissions',
  defineAct('undo-permissions', { about: field.text }, { audit: field.text }),
)
export const rulesScreen = defineScreen('rules')
export const revokeRuleTap = defineAct('rule-revoke', { id: field.uuid })

/** Describes what happens to the permissions that agents ask for. */
export function permissionsLine({ presence, isLocked }: PermissionSettings): Html {
  if (isLocked) return html`${signs.locked} Locked: every permission is denied.`
  switch (presence) {
    case 'away':
      return html`${signs.permission} Away: permissions come to this chat, and agents wait as long as they can.`
    case 'here':
      return html`${signs.permission} Here: agents ask for permissions in the terminal. Questions and plans still come to this chat.`
    case null:
      return html`${signs.permission} Permissions come to this chat. Unanswered ones go back to the terminal.`
  }
}

/** Shows what happens to permissions, with the other choices. `denied` counts those that a lock denied. */
export function permissionsCard(
  settings: PermissionSettings,
  { undo = null, denied = 0 }: { readonly undo?: string | null; readonly denied?: number } = {},
): Card {
  const { presence, isLocked } = settings
  return {
    text: joinHtml(
      [
        permissionsLine(settings),
        denied > 0 && `${counted(denied, 'waiting permission was', 'waiting permissions were')} denied.`,
      ],
      '\n',
    ),
    keyboard: keyboard([
      [
        button(chosen('Away', presence === 'away'), permissionsTap, { to: 'away' }),
        button(chosen('Here', presence === 'here'), permissionsTap, { to: 'here' }),
        isLocked
          ? button('Unlock', permissionsTap, { to: 'unlock' }, 'primary')
          : button('Lock', permissionsTap, { to: 'lock' }, 'danger'),
      ],
      [
        ...(undo === null ? [] : [button(`${signs.undo} Undo`, permissionsUndoTap, { audit: undo })]),
        button(`${signs.back} Agents`, agentsScreen),
      ],
    ]),
  }
}

const rulesAPage = 8
const maxShown = 200

/** Lists what is allowed for the rest of sessions, with a button that revokes each. */
export function rulesCard(
  rules: readonly SessionRule[],
  { page: wanted, now }: { readonly page: number; readonly now: Date },
): Card {
  const { shown, page, pages } = pageOf(rules, wanted, rulesAPage)
  const numberOf = (index: number) => page * rulesAPage + index + 1
  const lines = shown.map((rule, index) => ruleLine(rule, numberOf(index), now))
  return {
    text: joinHtml(
      [
        bold('Allowed for the rest of a session'),
        ...(rules.length === 0
          ? ['Nothing. Tap “Allow for session” on a permission to add it here.']
          : lines),
      ],
      '\n',
    ),
    keyboard: keyboard([
      ...inRows(
        shown.map(({ id }, index) => button(`Revoke ${numberOf(index)}`, revokeRuleTap, { id })),
        4,
      ),
      pageButtons({ page, pages }, (to) => rulesScreen.encode({ page: to })),
      [button(`${signs.back} Agents`, agentsScreen)],
    ]),
  }
}

function ruleLine({ tool, shown, name, cwd, createdAt }: SessionRule, number: number, now: Date): Html {
  const where = cwd === null ? null : shorten(cwd, 60)
  return html`${number}. ${tool} ${code(shorten(shown.replace(/\s+/g, ' '), maxShown))}
${italic(joinHtml([name, where !== null && code(where), ago(createdAt, now)], ' · '))}`
}

/** Describes how many uses are allowed for the rest of sessions, for a button. */
export function rulesLabel(count: number): string {
  return `Allowed for a session (${count})`
}
