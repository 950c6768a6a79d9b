/** One page of entries, newest first; `nextCursor` is null on the last page. */
export interface Page<Entry> {
  readonly entries: readonly Entry[]
  readonly nextCursor: string | null
}

/** Builds a page of `limit` rows; `found` has one more row if there's a next page. */
export function toPage<Entry extends { readonly id: string }>(found: Entry[], limit: number): Page<Entry> {
  const entries = found.slice(0, limit)
  return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
}
