/** A guard in the source, a change that removes it or moves its limit, and the tests that must fail then. */
export interface Guard {
  readonly name: string
  readonly file: string
  /** The text of the guard; it stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  readonly tests: readonly string[]
  /** Where the tests fail: one that needs two connections can't be seen on the embedded database. */
  readonly on: 'embedded' | 'postgres' | 'both'
}

/** A source with its guard removed, or why that is impossible. */
export type Mutated = { readonly source: string } | { readonly problem: string }

/** Removes a guard from the source of its file; null is a file that isn't there. */
export function mutate({ file, find, replace }: Guard, source: string | null): Mutated {
  if (source === null) return { problem: `${file} doesn't exist` }
  const [before = '', ...after] = source.split(find)
  if (after.length !== 1) return { problem: `its text stands ${after.length} times in ${file}` }
  return { source: `${before}${replace}${after[0]}` }
}
