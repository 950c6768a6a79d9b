import { typosBetween } from '../../domain/quick-add/typos.ts'

/** A command as its feature declares it: /help, the client's menu and the README list it from here. */
export interface Command {
  readonly command: string
  readonly usage?: string
  readonly description: string
  /** Its place in the client's menu, which has room for twelve, with 32 characters of description each. */
  readonly menu?: number
  /** It does more than show something, so it is never suggested in place of an unknown command. */
  readonly acts?: true
  /** Returns the data of the button that does the same with these words, to correct a typo; null if there is none. */
  readonly toButton?: (words: string) => string | null
}

/** Sorts commands as /help lists them: those of the menu first, then the rest by name. */
export function sortCommands(commands: readonly Command[]): Command[] {
  const placeOf = ({ menu = Number.POSITIVE_INFINITY }: Command) => menu
  const byName = (left: Command, right: Command) => (left.command < right.command ? -1 : 1)
  return [...commands].sort((left, right) =>
    placeOf(left) === placeOf(right) ? byName(left, right) : placeOf(left) - placeOf(right),
  )
}

/** Whether there is a command of this name, in any case. */
export function isKnownCommand(commands: readonly Command[], name: string): boolean {
  return commands.some(({ command }) => command === name.toLowerCase())
}

/** The nearest command to an unknown one, of those that change nothing; null if none is near. */
export function nearestCommand(commands: readonly Command[], name: string): Command | null {
  // In a short word, two letters are half of it.
  const maxDistance = name.length <= 4 ? 1 : 2
  const near = commands
    .filter(({ acts }) => !acts)
    .map((command) => ({ command, distance: typosBetween(name.toLowerCase(), command.command) }))
    .filter(({ distance }) => distance <= maxDistance)
    .sort((left, right) => left.distance - right.distance)
  // Between two equally near ones, prefer the one of which this is the beginning.
  const unfinished = near.find(
    ({ command, distance }) =>
      distance === near[0]?.distance && command.command.startsWith(name.toLowerCase()),
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
