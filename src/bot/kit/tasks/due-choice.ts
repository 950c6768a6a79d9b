import { parseDue } from '../../../domain/time/due/due.ts'
import type { DueChoice } from '../../../view/tasks/callbacks.ts'

const words: Record<Exclude<DueChoice, 'none'>, string> = {
  today: 'today',
  tomorrow: 'tomorrow',
  friday: 'friday',
  monday: 'monday',
}

/** The due date behind a button, in the owner's zone. */
export function choiceToDate(
  choice: DueChoice,
  reader: { readonly now: Date; readonly timeZone: string },
): Date | null {
  return choice === 'none' ? null : (parseDue(words[choice], reader)?.at ?? null)
}
