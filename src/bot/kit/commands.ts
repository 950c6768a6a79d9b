import type { Api } from 'grammy'
import { typosBetween } from '../../domain/quick-add/typos.ts'

interface Command {
  readonly command: string
  readonly usage: string
  readonly description: string
  /** It is in the client's menu, which has room for twelve, with 32 characters of description each. */
  readonly inMenu?: true
  /** It does more than show something, so it is never suggested for a command that isn't known. */
  readonly acts?: true
}

/** Every command: /help, the client's menu and the README are made from this table. */
export const commands = [
  { command: 'start', usage: '', description: 'What needs you, who’s working', inMenu: true },
  { command: 'new', usage: '[text]', description: 'Add a task', inMenu: true, acts: true },
  { command: 'inbox', usage: '', description: 'Triage your inbox', inMenu: true },
  { command: 'board', usage: '[PROJECT]', description: 'Board', inMenu: true },
  { command: 'tasks', usage: '[filters]', description: 'List tasks (e.g. todo WEB #bug)', inMenu: true },
  { command: 'agents', usage: '', description: 'Agents and tokens', inMenu: true },
  { command: 'projects', usage: '', description: 'Projects', inMenu: true },
  { command: 'search', usage: 'words', description: 'Search tasks and logs', inMenu: true },
  { command: 'digest', usage: '', description: 'Today’s digest', inMenu: true },
  { command: 'settings', usage: '', description: 'Settings', inMenu: true },
  { command: 'undo', usage: '', description: 'Undo your last change', inMenu: true, acts: true },
  { command: 'help', usage: '', description: 'Help', inMenu: true },
  { command: 'todo', usage: '[filters]', description: 'List what’s in Todo' },
  { command: 'hold', usage: '[filters]', description: 'List what’s on hold' },
  { command: 'ready', usage: '[filters]', description: 'List what’s ready for review' },
  { command: 'done', usage: '[filters]', description: 'List what’s done' },
  { command: 'focus', usage: '', description: 'Today’s focus' },
  { command: 'due', usage: '', description: 'Overdue, today, this week' },
  { command: 'task', usage: 'KEY', description: 'Open a task (or send its key)' },
  { command: 'log', usage: '[KEY] [text]', description: 'Log work, or see the log', acts: true },
  { command: 'labels', usage: '', description: 'Manage labels' },
  { command: 'stats', usage: '[week|month|year]', description: 'Chart of finished work' },
  { command: 'audit', usage: '[KEY]', description: 'Change history' },
  { command: 'security', usage: '', description: 'Security log' },
  { command: 'export', usage: '', description: 'Export as JSON and CSV', acts: true },
  { command: 'doctor', usage: '', description: 'Run a health check' },
  { command: 'cancel', usage: '', description: 'Cancel', acts: true },
] as const satisfies readonly Command[]

export type CommandName = (typeof commands)[number]['command']

/** The commands that the client's menu shows. */
export const menuCommands = (commands as readonly Command[])
  .filter(({ inMenu }) => inMenu)
  .map(({ command, description }) => ({ command, description }))

/** Puts the commands into the menu of the owner's chat, and into no other. */
export async function publishCommands(api: Api, chatId: number): Promise<void> {
  await api.setMyCommands(menuCommands, { scope: { type: 'chat', chat_id: chatId } })
}

/** Whether there is a command of this name, in any case. */
export function isKnownCommand(name: string): boolean {
  return commands.some(({ command }) => command === name.toLowerCase())
}

/** The nearest command to an unknown one, of those that change nothing; null if none is near. */
export function nearestCommand(name: string): CommandName | null {
  // In a short word, two letters are half of it.
  const maxDistance = name.length <= 4 ? 1 : 2
  const near = commands
    .filter((command: Command) => !command.acts)
    .map(({ command }) => ({ command, distance: typosBetween(name.toLowerCase(), command) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((left, right) => left.distance - right.distance)
  // Of two that are equally near, the one that wasn't written to its end.
  const unfinished = near.find(
    ({ command, distance }) => distance === near[0]?.distance && command.startsWith(name.toLowerCase()),
  )
  return (unfinished ?? near[0])?.command ?? null
}

/** Whether a text is a command, known or not. A path like /tmp/foo isn't one. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}

/** What is written behind the command of a text. */
export function afterCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/, '').trim()
}
