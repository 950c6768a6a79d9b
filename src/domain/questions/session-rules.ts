import { and, asc, eq } from 'drizzle-orm'
import { agentSessions, apiTokens, type Engine, sessionRules } from '../../db/schema.ts'
import type { Change } from '../core/commit/commit.ts'
import { remove, upsert, type Write } from '../core/commit/writes.ts'
import type { Ctx } from '../core/context.ts'
import { DomainError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
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

/** A tool use that the owner allowed for the rest of a session. */
export interface SessionRule {
  readonly id: string
  readonly tool: string
  /** The command, or the beginning of what else the owner was shown. */
  readonly shown: string
  readonly createdAt: Date
  readonly session: string
  /** The name of the session's token. */
  readonly name: string
  readonly engine: Engine | null
  /** The folder that the session works in. */
  readonly cwd: string | null
}

/** Lists what is allowed for the rest of sessions, oldest first. */
export async function listSessionRules({ db, ownerId }: Scope): Promise<SessionRule[]> {
  return db
    .select({
      id: sessionRules.id,
      tool: sessionRules.tool,
      shown: sessionRules.shown,
      createdAt: sessionRules.createdAt,
      session: sessionRules.session,
      name: apiTokens.name,
      engine: agentSessions.engine,
      cwd: agentSessions.cwd,
    })
    .from(sessionRules)
    .innerJoin(apiTokens, eq(apiTokens.id, sessionRules.tokenId))
    .leftJoin(
      agentSessions,
      and(eq(agentSessions.tokenId, sessionRules.tokenId), eq(agentSessions.session, sessionRules.session)),
    )
    .where(eq(apiTokens.ownerId, ownerId))
    .orderBy(asc(sessionRules.createdAt), asc(sessionRules.id))
}

/** Ends a rule: the next such use asks again. Returns the rule; null if it has ended already. */
export async function revokeSessionRule(ctx: Ctx, id: string): Promise<SessionRule | null> {
  return ctx.commit(async (db): Promise<Change<SessionRule | null>> => {
    const rule = (await listSessionRules({ db, ownerId: ctx.ownerId })).find((one) => one.id === id)
    if (rule === undefined) return { unchanged: true, result: null }
    const { tool, shown } = rule
    return {
      result: rule,
      rows: [remove(sessionRules, { key: { id } })],
      events: [],
      audit: [{ action: 'rule.revoke', targetType: 'rule', targetId: id, meta: { tool, shown } }],
    }
  })
}
