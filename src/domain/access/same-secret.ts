import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares two secrets in constant time; hashing them first hides their lengths too. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
