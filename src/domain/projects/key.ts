import { z } from 'zod'

const keyPattern = /^[A-Z][A-Z0-9]{1,9}$/
const maxLength = 10
const fallback = 'PROJ'

/** A project key: 2–10 letters and digits, starting with a letter; accepted in any case. */
export const ProjectKey = z
  .string()
  .trim()
  .toUpperCase()
  .regex(keyPattern, 'must be 2–10 letters or digits, starting with a letter')

/** Proposes a free key for a name: the initials of several words, or the first letters of one. */
export function proposeKey(name: string, taken: readonly string[]): string {
  const words =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toUpperCase()
      .match(/[A-Z0-9]+/g) ?? []
  const run = words.join('').replace(/^[0-9]+/, '')
  const initials = words
    .map((word) => word[0])
    .join('')
    .replace(/^[0-9]+/, '')
  const proposals = [...(words.length > 1 ? [initials] : []), run.slice(0, 4), run.slice(0, 6), run, fallback]
    .map((proposal) => proposal.slice(0, maxLength))
    .filter((proposal) => keyPattern.test(proposal))
  const free = proposals.find((proposal) => !taken.includes(proposal))
  return free ?? numbered(proposals[0] ?? fallback, taken)
}

function numbered(stem: string, taken: readonly string[]): string {
  for (let number = 2; ; number += 1) {
    const key = `${stem.slice(0, maxLength - String(number).length)}${number}`
    if (!taken.includes(key)) return key
  }
}
