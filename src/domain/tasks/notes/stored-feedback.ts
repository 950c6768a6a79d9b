import type { Feedback } from '../task.ts'

/** An owner's comment, as the database returns it in JSON. */
export interface StoredComment {
  readonly detail: string | null
  readonly at: string
  readonly heardAt: string | null
  readonly receivedAt: string | null
}

/** Reads a stored comment. */
export function toFeedback({ detail, at, heardAt, receivedAt }: StoredComment): Feedback {
  return {
    text: detail ?? '',
    at: new Date(at),
    heardAt: heardAt === null ? null : new Date(heardAt),
    receivedAt: receivedAt === null ? null : new Date(receivedAt),
  }
}
