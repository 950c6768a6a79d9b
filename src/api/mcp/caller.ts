import type { Ctx } from '../../domain/context.ts'
import type { Log } from '../../log.ts'

/** Who calls a tool, with the context of the agent's verbs. */
export interface Caller {
  readonly ctx: Ctx
  readonly assignee: string
  readonly requestId: string
  readonly log: Log
}
