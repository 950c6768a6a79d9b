import { z } from 'zod'

/** A text of at most `max` code points, counted as Postgres counts, that Postgres can store. */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => storable(value) === value, 'must not hold NUL or half a surrogate pair')
    .refine((value) => value.length <= max || [...value].length <= max, `must be at most ${max} characters`)
    .meta({ maxLength: max })

/** A text of several lines without terminal codes and control characters. */
export const plainText = (max: number) => text(max).pipe(z.string().overwrite(withoutControls))

/** A text of one line in which something can be seen. */
export const lineText = (max: number) =>
  text(max).pipe(z.string().overwrite(cleanLine).refine(isVisible, 'must not be empty'))

const terminalCode =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /(?:\u001b\[|\u009b)[0-?]*[@-~]?|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[()][0-9AB]/g
const control = /(?![\t\n\r])\p{Cc}/gu
const lineBreak = /[\r\n\u2028\u2029]/
// Kept of what is unseen: joiners and direction marks that scripts need, variants of a sign, and the tags of a flag.
const unseen =
  /(\u{1f3f4}[\u{e0030}-\u{e007a}]+\u{e007f})|(?![\u034f\u061c\u200c-\u200f]|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}/gu
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Takes out terminal codes (colors, titles, links) and control characters other than line breaks and tabs. */
export function withoutControls(value: string): string {
  return value.replace(terminalCode, '').replace(control, '')
}

/** One line: no terminal codes, control characters, bidi overrides or characters that nobody sees. */
export function cleanLine(value: string): string {
  const lines = withoutControls(value).split(lineBreak)
  const line =
    lines.length === 1
      ? (lines[0] ?? '')
      : lines
          .map((each) => each.trim())
          .filter(Boolean)
          .join(' ')
  return withoutUnseen(line.replace(/\t/g, ' ')).trim()
}

/** Takes out bidi overrides and what nobody sees, except what scripts, signs and flags need. */
export function withoutUnseen(value: string): string {
  return value.replace(unseen, (_, flag?: string) => flag ?? '')
}

/** Whether there is anything to see. */
export function isVisible(value: string): boolean {
  return visible.test(value)
}

/** Full-width letters, digits and signs of East Asian keyboards (＃！＠) as those of ASCII. */
export function halfWidth(value: string): string {
  return value.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
}

/** Whether a text is an http(s) URL, without blanks and without a name or password before its host. */
export function isWebUrl(value: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(value) || !URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}

/** Cuts a text at a word so that it has at most `max` code points (as Postgres counts them), with … where it was cut. */
export function clip(text: string, max: number): string {
  const points = [...text]
  if (points.length <= max) return text
  const head = points.slice(0, max - 1).join('')
  const space = head.search(/\s\S*$/)
  return `${(space > head.length / 2 ? head.slice(0, space) : head).trimEnd()}…`
}

/** Takes out what Postgres cannot store: NUL bytes and halves of surrogate pairs. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed()
}
