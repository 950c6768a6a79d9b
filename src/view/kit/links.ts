import { type ButtonCodec, defineAct, defineButton, defineScreen, field } from './callbacks.ts'

// Buttons that several features show. A button of a single feature is defined in that feature's view.

export const homeScreen = defineScreen('home')
export const inboxScreen = defineScreen('inbox')
export const boardScreen = defineScreen('board', { projectKey: field.text })
export const historyScreen = defineScreen('history', { key: field.text })
export const projectScreen = defineScreen('project', { key: field.text })
export const newProjectScreen = defineScreen('new-project')
export const settingsScreen = defineScreen('settings', { part: field.text })
export const agentsScreen = defineScreen('agents')
export const newTokenScreen = defineScreen('new-token', { agent: field.text })
export const revokeTokenScreen = defineScreen('token-revoke', { id: field.text })
export const securityScreen = defineScreen('security', { before: field.orNone(field.uuid) })

/** Sets the time zone; `on` is the screen that shows the button. */
export const timeZoneTap = defineAct('zone', { on: field.text }, { timeZone: field.text })
/** Prompts for text that isn't about a task. */
export const promptTap = defineAct('ask', { kind: field.text }, { about: field.text })
/** Cancels the prompt above it. */
export const cancelTap = defineButton('cancel', 'z', {})

const screenUndo = defineButton('undo', 'u', { screen: field.text, audit: field.uuid, about: field.text })

/** Defines a screen's Undo button: the change to undo, and what the screen is about. `earlier` decodes buttons sent by earlier versions. */
export function undoOn(
  screen: string,
  earlier: ButtonCodec<{ readonly audit: string; readonly about?: string }>,
): ButtonCodec<{ readonly audit: string; readonly about?: string }> {
  return {
    name: `undo ${screen}`,
    encode: ({ audit, about = '' }) => screenUndo.encode({ screen, audit, about }),
    decode: (data) => {
      const found = screenUndo.decode(data)
      return found === null || found.screen !== screen ? earlier.decode(data) : found
    },
  }
}
