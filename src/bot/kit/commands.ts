import { typosBetween } from '../../domain/quick-add/typos.ts'

/** A command as its feature declares it. /help, Telegram's command menu and the README are generated from it. */
export interface ChatCommand {
  readonly command: string
  readonly usage?: string
  readonly description: string
  /** Position in Telegram's command menu. We show at most 12 commands, with descriptions of up to 32 characters. */
  readonly menu?: number
  /** Set if the command does more than show something; such a command is never suggested for a typo. */
  readonly acts?: true
  /** Returns the callback data that does the same with these words, for the button that corrects a typo; null if there is none. */
  readonly toButton?: (words: string) => string | null
}

/** Sorts commands for /help: menu commands first, then the rest alphabetically. */
export function sortCommands(commands: readonly ChatCommand[]): ChatCommand[] {
  const placeOf = ({ menu = Number.POSITIVE_INFINITY }: ChatCommand) => menu
  const byName = (left: ChatCommand, right: ChatCommand) => (left.command < right.command ? -1 : 1)
  return [...commands].sort((left, right) =>
    placeOf(left) === placeOf(right) ? byName(left, right) : placeOf(left) - placeOf(right),
  )
}

/** Returns whether a command with this name exists, ignoring case. */
export function isKnownCommand(commands: readonly ChatCommand[], name: string): boolean {
  return commands.some(({ command }) => command === name.toLowerCase())
}

/** Returns the read-only command closest to an unknown one; null if none is close. */
export function nearestCommand(commands: readonly ChatCommand[], name: string): ChatCommand | null {
  // In a short word, two typos are half of it.
  const maxDistance = name.length <= 4 ? 1 : 2
  const near = commands
    .filter(({ acts }) => !acts)
    .map((command) => ({ command, distance: typosBetween(name.toLowerCase(), command.command) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((left, right) => left.distance - right.distance)
  // On a tie, prefer a command that starts with what was typed.
  const unfinished = near.find(
    ({ command, distance }) =>
      distance === near[0]?.distance && command.command.startsWith(name.toLowerCase()),
  )
  return (unfinished ?? near[0])?.command ?? null
}

/** Returns whether a text looks like a command, known or not. A path, e.g., /tmp/foo, doesn't. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}

/** Returns the text after the command. */
export function afterCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/, '').trim()
}
