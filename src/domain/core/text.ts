import { z } from 'zod'

/** A text that Postgres can store, of at most `max` code points (as Postgres counts them). */
export const text = (max: number) =>
  z
    .string()
    .refine((value) => storable(value) === value, 'must not hold NUL or half a surrogate pair')
    .refine((value) => value.length <= max || [...value].length <= max, `must be at most ${max} characters`)
    .meta({ maxLength: max })

/** A multi-line text without terminal codes and control characters. */
export const plainText = (max: number) => text(max).pipe(z.string().overwrite(withoutControls))

/** A name or key that a client chooses, which fits in a header. */
export const AsciiName = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')

/** A single-line text with at least one visible character. */
export const lineText = (max: number) =>
  text(max).pipe(z.string().overwrite(cleanLine).refine(isVisible, 'must not be empty'))

const terminalCode =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  /(?:\u001b\[|\u009b)[0-?]*[@-~]?|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?|\u001b[()][0-9AB]/g
const control = /(?![\t\n\r])\p{Cc}/gu
const lineBreak = /[\r\n\u2028\u2029]/
// Keeps these invisible characters: joiners and direction marks that scripts need, variation selectors, and flag tags.
const unseen =
  /(\u{1f3f4}[\u{e0030}-\u{e007a}]+\u{e007f})|(?![\u034f\u061c\u200c-\u200f]|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}/gu
const visible = /[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Removes terminal codes (colors, titles, links) and control characters other than line breaks and tabs. */
export function withoutControls(value: string): string {
  return value.replace(terminalCode, '').replace(control, '')
}

/** Reduces a text to one line without terminal codes, control characters, bidi overrides or invisible characters. */
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

/** Removes bidi overrides and invisible characters, except those that scripts, emoji and flags need. */
export function withoutUnseen(value: string): string {
  return value.replace(unseen, (_, flag?: string) => flag ?? '')
}

/** Tests whether a text has a visible character. */
export function isVisible(value: string): boolean {
  return visible.test(value)
}

/** Converts full-width letters, digits and signs of East Asian keyboards (＃！＠) to ASCII. */
export function halfWidth(value: string): string {
  return value.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
}

/** Tests whether a text is an http(s) URL without spaces and without credentials. */
export function isWebUrl(value: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(value) || !URL.canParse(value)) return false
  const { username, password } = new URL(value)
  return username === '' && password === ''
}

/** Cuts a text at a word to at most `max` code points (as Postgres counts them) and adds `…` if it was cut. */
export function clip(text: string, max: number): string {
  const points = [...text]
  if (points.length <= max) return text
  const head = points.slice(0, max - 1).join('')
  const space = head.search(/\s\S*$/)
  return `${(space > head.length / 2 ? head.slice(0, space) : head).trimEnd()}…`
}

/** Removes what Postgres can't store: NUL bytes and lone surrogates. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed()
}

/** Shows characters that are invisible or reorder the text as escapes, so that the owner sees what they allow. */
export function revealed(value: string): string {
  const toEscape = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`
  return value.toWellFormed().replace(/(?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029]/gu, toEscape)
}
