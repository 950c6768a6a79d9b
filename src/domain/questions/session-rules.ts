import { sessionRules } from '../../db/schema.ts'
import { upsert, type Write } from '../core/commit/writes.ts'
import { DomainError } from '../core/errors.ts'
import { clip } from '../core/text.ts'
import type { Question } from './question.ts'

const maxShown = 500

/** Allows the tool use of a permission for the rest of its session. Throws `invalid` for a question that no hook asked. */
export function allowForSession({ tokenId, session, tool, detail }: Question, now: Date): Write {
  if (tokenId === null || session === null || tool === null || tool.isDangerous)
    throw new DomainError('invalid', 'This can only be allowed once.')
  const rule = {
    tokenId,
    session,
    tool: tool.name,
    input: tool.input,
    shown: clip(detail ?? tool.name, maxShown),
  }
  return upsert(
    sessionRules,
    { ...rule, createdAt: now },
    { on: ['tokenId', 'session', 'tool', 'input'], set: ['shown'] },
  )
}
