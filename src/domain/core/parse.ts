import type { z } from 'zod'
import { DomainError } from './errors.ts'

/** Parses a verb's input. Throws `invalid` with the first wrong field and the reason. */
export function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new DomainError('invalid', `${field === '' ? '' : `${field}: `}${issue?.message ?? 'is invalid'}.`, {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  })
}
