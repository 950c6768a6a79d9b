import { and, ilike, type SQL, sql } from 'drizzle-orm'
import { tasks } from '../../db/schema.ts'

// Scripts without spaces, or with endings attached to words: the Postgres parser finds no words in them.
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/** A task's title and note, as in the text-search index and as plain text. */
export const taskText = {
  vector: sql`to_tsvector('simple', ${tasks.title} || ' ' || coalesce(${tasks.note}, ''))`,
  plain: sql`${tasks.title} || ' ' || coalesce(${tasks.note}, '')`,
}

/** Returns the words to search for, without anything that isn't a word. */
export function termsOf(words: string): string[] {
  return (
    words
      .normalize('NFC')
      .match(/\S+/gu)
      ?.filter((term) => /[\p{L}\p{N}]/u.test(term)) ?? []
  )
}

/**
 * Builds the condition that a text contains all words in any order: each as the prefix of a word, or anywhere if its script
 * has no spaces. `vector` is the indexed expression.
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

/** Builds the condition that a text contains all words anywhere, even inside a path. Reads every row. */
export function containsWords(plain: SQL, words: string): SQL | undefined {
  const terms = termsOf(words)
  return terms.length === 0 ? sql`false` : and(...terms.map((term) => contains(plain, term)))
}

/** Tests whether a search for these words must read every row, since no index covers their script. */
export function isUnspaced(words: string): boolean {
  return unspaced.test(words)
}

/** A quoted term is split by the same parser as the index, so `node.js` finds `node.js`. */
function tsQuery(terms: readonly string[]): SQL {
  const quoted = terms.map((term) => `'${term.replace(/['\\]/g, '$&$&')}':*`)
  return sql`to_tsquery('simple', ${quoted.join(' & ')})`
}

function contains(plain: SQL, term: string): SQL {
  return ilike(plain, `%${term.replace(/[\\%_]/g, '\\$&')}%`)
}
