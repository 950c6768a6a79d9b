import type { FailureCounter } from '../../domain/access/security.ts'
import type { Store } from '../../domain/core/context.ts'
import type { Wakeup } from '../../domain/core/outbox.ts'
import type { Redactor } from '../../domain/core/redactor.ts'
import type { Log } from '../../log.ts'
import type { Metrics } from '../../metrics.ts'

/** Everything the agent API needs from outside. */
export interface ApiDeps {
  readonly db: Store
  readonly ownerId: string
  readonly ownerEmail: string
  readonly now: () => Date
  /** Rung on each NOTIFY of the outbox channel. A hint: whoever waits also looks once a second. */
  readonly wakeup: Wakeup
  /** Failed tokens are counted here; whoever made it flushes and closes it. */
  readonly failures: Pick<FailureCounter, 'count'>
  readonly log: Log
  /** Takes secrets out of what agents say. */
  readonly redactor: Redactor
  readonly metrics: Metrics
  readonly config: {
    /** Requests a minute a token. */
    readonly rateLimit: number
    /** Addresses and networks of proxies whose X-Forwarded-For is believed. */
    readonly trustProxy: readonly string[]
    /** Bearer token of /metrics; absent: there is no /metrics. */
    readonly metricsToken?: string | undefined
    /** Where agents reach this server, and the origin whose pages may call /mcp. Absent: where the request did. */
    readonly publicUrl?: string | undefined
  }
  /** The address of the owner's chat; null until Telegram has named the bot. */
  readonly home?: () => string | null
  readonly health: () => Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, unknown>> }>
  /** Aborts when the process stops: requests that wait then answer with what they have. */
  readonly signal: AbortSignal
}
