import { and, ilike, type SQL, sql } from 'drizzle-orm'
import { tasks } from '../../db/schema.ts'

// Scripts that write without spaces, or with endings grown onto words: the parser of Postgres finds no words in them.
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/** Title and note of a task, as the text-search index holds them and as they are. */
export const taskText = {
  vector: sql`to_tsvector('simple', ${tasks.title} || ' ' || coalesce(${tasks.note}, ''))`,
  plain: sql`${tasks.title} || ' ' || coalesce(${tasks.note}, '')`,
}

/** The words that are looked for, without what is no word at all. */
export function termsOf(words: string): string[] {
  return (
    words
      .normalize('NFC')
      .match(/\S+/gu)
      ?.filter((term) => /[\p{L}\p{N}]/u.test(term)) ?? []
  )
}

/**
 * The condition that a text holds all words, in any order: each as the beginning of a word, or anywhere in it where its script
 * has no spaces. `vector` is the expression that the index holds.
 */
export function holdsWords(
  text: { readonly vector: SQL; readonly plain: SQL },
  words: string,
): SQL | undefined {
  const terms = termsOf(words)
  if (terms.length === 0) return sql`false`
  const spaced = terms.filter((term) => !unspaced.test(term))
  return and(
    spaced.length === 0 ? undefined : sql`${text.vector} @@ ${tsQuery(spaced)}`,
    ...terms.filter((term) => unspaced.test(term)).map((term) => contains(text.plain, term)),
  )
}

/** The condition that a text holds all words anywhere, also in the middle of a path. Reads every row. */
export function containsWords(plain: SQL, words: string): SQL | undefined {
  const terms = termsOf(words)
  return terms.length === 0 ? sql`false` : and(...terms.map((term) => contains(plain, term)))
}

/** Whether a search for these words needs every row: no index helps in their script. */
export function isUnspaced(words: string): boolean {
  return unspaced.test(words)
}

/** Quoted, a term is cut into words by the same parser that made the index, so that `node.js` finds `node.js`. */
function tsQuery(terms: readonly string[]): SQL {
  const quoted = terms.map((term) => `'${term.replace(/['\\]/g, '$&$&')}':*`)
  return sql`to_tsquery('simple', ${quoted.join(' & ')})`
}

function contains(plain: SQL, term: string): SQL {
  return ilike(plain, `%${term.replace(/[\\%_]/g, '\\$&')}%`)
}
