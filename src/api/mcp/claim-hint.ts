import type { Waiting } from '../../domain/tasks/waiting.ts'

/** Tells an agent why there is nothing to claim, and what it can do. */
export function emptyClaimHint({ forOthers, asked, todo }: Waiting): string {
  const parts = [
    ...forOthers.map(({ engine, count }) => `${countOf(count, 'queued task')} for ${engine}`),
    ...(asked > 0 ? [`${countOf(asked, 'task')} waiting for the owner's answer`] : []),
    ...(todo > 0
      ? [`${countOf(todo, 'task')} in todo that nobody queued (pass status "todo" to take the first)`]
      : []),
  ]
  return parts.length === 0
    ? 'Nothing is queued.'
    : `Nothing is queued for you. There ${parts[0]?.startsWith('1 ') ? 'is' : 'are'} ${parts.join(', ')}.`
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
