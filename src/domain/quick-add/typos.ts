/** How many letters are to be typed, left out, changed or swapped to make one word of the other. */
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

// Nobody mistypes a longer word and still means one of ours.
const maxWord = 40

/** The candidate that a word is most like, with at most one typo in four letters; undefined where none is near. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > maxWord) return undefined
  const asked = word.toLowerCase()
  const near = candidates
    .map((candidate) => ({ candidate, typos: typosBetween(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, typos }) => typos <= Math.max(1, Math.floor(candidate.length / 4)))
    .sort((left, right) => left.typos - right.typos)
  return near[0]?.candidate
}
