import type { Temporal } from 'temporal-polyfill'

/** A day as a phrase names it; weekdays are ISO numbers, 1 is Monday. */
export type NamedDay =
  | { readonly kind: 'date'; readonly year: number; readonly month: number; readonly day: number }
  | { readonly kind: 'yearless'; readonly month: number; readonly day: number }
  | { readonly kind: 'weekday'; readonly weekday: number; readonly week: 'coming' | 'next' }

/** What the first `length` characters of a text say about an instant, not yet placed on the owner's calendar. */
export type Reading =
  | { readonly length: number; readonly minutesFromNow: number }
  | {
      readonly length: number
      readonly day: NamedDay | null
      readonly time: { readonly hour: number; readonly minute: number } | null
      /** Minutes east of UTC, if the phrase names them (`09:00Z`, `9am EST`). */
      readonly offset: number | null
    }

/** What a reader knows: the owner's wall clock, and whether 3/4 means April 3. */
export interface ReaderContext {
  readonly now: Date
  readonly today: Temporal.PlainDate
  readonly offset: number
  readonly dayFirst: boolean
}
