import type { Api } from 'grammy'

/** Every command: /help, the menu of the client and the README are made of this table. */
export const commands = [
  { command: 'start', usage: '', description: 'Home: counts, who is working, what needs you' },
  { command: 'new', usage: '[text]', description: 'Capture a task; asks step by step when empty' },
  { command: 'inbox', usage: '', description: 'Triage the inbox, one card at a time' },
  { command: 'tasks', usage: '[filters]', description: 'List tasks: todo WEB #label @engine !high words' },
  { command: 'board', usage: '[PROJECT]', description: 'The board, lane by lane' },
  { command: 'focus', usage: '', description: "Today's focus" },
  { command: 'due', usage: '', description: 'Overdue, today, this week' },
  { command: 'task', usage: 'KEY', description: 'The card of a task; the key alone does it too' },
  { command: 'log', usage: '[KEY] [text]', description: 'Log work by hand; without text the timeline' },
  { command: 'search', usage: 'words', description: 'Search keys, titles, notes and logs' },
  { command: 'agents', usage: '', description: 'Who works on what; tokens' },
  { command: 'projects', usage: '', description: 'Projects and how they are doing' },
  { command: 'labels', usage: '', description: 'Labels: new, rename, colour, merge, delete' },
  { command: 'stats', usage: '[week|month|year]', description: 'What was done, as a picture' },
  { command: 'digest', usage: '', description: "Today's digest now; its time" },
  { command: 'settings', usage: '', description: 'Time zone, digest, quiet hours, news' },
  { command: 'audit', usage: '[KEY]', description: 'The trail of changes' },
  { command: 'security', usage: '', description: 'Strangers, failed tokens, bindings' },
  { command: 'undo', usage: '', description: 'Undo your last change' },
  { command: 'export', usage: '', description: 'Everything as JSON, tasks as CSV' },
  { command: 'doctor', usage: '', description: 'Check everything and name each fault' },
  { command: 'help', usage: '', description: 'All commands and how to write a task' },
  { command: 'cancel', usage: '', description: 'End the dialog you are in' },
] as const

export type CommandName = (typeof commands)[number]['command']

/** Puts the commands into the menu of the owner's chat, and into no other. */
export async function publishCommands(api: Api, chatId: number): Promise<void> {
  const menu = commands.map(({ command, description }) => ({ command, description }))
  await api.setMyCommands(menu, { scope: { type: 'chat', chat_id: chatId } })
}

/** Whether a text begins with a command of ours. */
export function isKnownCommand(text: string): boolean {
  const name = /^\/(\w+)/.exec(text)?.[1]?.toLowerCase()
  return commands.some(({ command }) => command === name)
}

/** The command nearest to one that is not known: at most two letters off; null where none is near. */
export function nearestCommand(name: string): CommandName | null {
  const near = commands
    .map(({ command }) => ({ command, distance: distanceBetween(name.toLowerCase(), command) }))
    .filter(({ distance }) => distance <= 2)
    .sort((left, right) => left.distance - right.distance)
  // Of two that are as near, the one that was not written to its end.
  const unfinished = near.find(
    ({ command, distance }) => distance === near[0]?.distance && command.startsWith(name.toLowerCase()),
  )
  return (unfinished ?? near[0])?.command ?? null
}

/** Levenshtein's distance. */
function distanceBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
