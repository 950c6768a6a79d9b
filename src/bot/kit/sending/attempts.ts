import type { Outcome } from '../../../telegram/outcome.ts'

const maxTries = 3

/** Retries immediately while the outcome allows it. */
export async function retried<T extends { readonly outcome: Outcome }>(
  attempt: () => Promise<T>,
  again: (outcome: Outcome) => boolean,
): Promise<T> {
  let result = await attempt()
  for (let tries = 1; tries < maxTries && again(result.outcome); tries += 1) result = await attempt()
  return result
}

/** Returns whether the call had no effect but a later one may. */
export function isLater({ kind }: Outcome): boolean {
  return kind === 'later'
}

/** Returns whether a call that can safely be repeated should be: it failed, or its outcome is unknown. */
export function isRepeatable({ kind }: Outcome): boolean {
  return kind === 'later' || kind === 'uncertain'
}

/** Returns whether no later call can succeed either. */
export function isRefusal({ kind }: Outcome): boolean {
  return kind === 'refused' || kind === 'gone'
}
