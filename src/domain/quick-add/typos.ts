/** Returns the edit distance of two words: letters inserted, deleted, changed or swapped. */
export function typosBetween(left: string, right: string): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let at = 1; at <= left.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= right.length; to += 1) {
      const isSame = left[at - 1] === right[to - 1]
      const isSwapped = at > 1 && to > 1 && left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1]
      const ways = [(row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + (isSame ? 0 : 1)]
      next.push(Math.min(...ways, ...(isSwapped ? [(before[to - 2] ?? 0) + 1] : [])))
    }
    before = row
    row = next
  }
  return row[right.length] ?? 0
}

// A longer word isn't a typo of one of ours.
const maxWord = 40

/** Returns the closest candidate with at most one typo per four letters, or undefined. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > maxWord) return undefined
  const asked = word.toLowerCase()
  const near = candidates
    .map((candidate) => ({ candidate, typos: typosBetween(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, typos }) => typos <= Math.max(1, Math.floor(candidate.length / 4)))
    .sort((left, right) => left.typos - right.typos)
  return near[0]?.candidate
}
