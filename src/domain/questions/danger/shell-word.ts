import type { Assignment, Command, Word, WordPart } from 'unbash'

/** A word of a command. The text of an unknown one still contains what the shell replaces. */
export interface ShellWord {
  readonly text: string
  readonly isKnown: boolean
}

/** Returns a program's name without what stands before it: `/bin/rm`, Zsh's `=rm`, an editor's `!rm`, git's `ext::rm`. */
export function programName({ text }: ShellWord): string {
  const [last = ''] = text.split(/[/\\:]/).slice(-1)
  return last
    .toLowerCase()
    .replace(/^[!:=@+]+/, '')
    .replace(/\.exe$/, '')
}

const fixedParts = ['Literal', 'SingleQuoted', 'AnsiCQuoted', 'DoubleQuoted', 'LocaleString']

function isFixed(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') return part.parts.every(isFixed)
  return fixedParts.includes(part.type)
}

/** Returns a word as far as it is known without running anything. */
export function toShellWord(word: Word): ShellWord {
  return { text: word.value, isKnown: word.parts?.every(isFixed) ?? true }
}

/** Returns a command's program and arguments. */
export function wordsOf({ name, args }: Command): ShellWord[] {
  const toWord = (arg: Word | Assignment): ShellWord =>
    arg.type === 'Word' ? toShellWord(arg) : { text: arg.text, isKnown: true }
  return name === undefined ? [] : [toShellWord(name), ...args.map(toWord)]
}
