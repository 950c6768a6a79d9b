import type { Ctx } from '../../domain/context.ts'
import type { Engine } from '../../domain/tasks/task.ts'
import type { Log } from '../../log.ts'

/** Who calls a tool: the context of the agent's verbs, and the engine that its client's name gives away. */
export interface Caller {
  readonly ctx: Ctx
  readonly engine: Engine | null
  readonly assignee: string
  readonly requestId: string
  readonly log: Log
}
