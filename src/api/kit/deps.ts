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
  /** Triggered by each NOTIFY on the outbox channel. Only a hint: waiting requests also check once a second. */
  readonly wakeup: Wakeup
  /** Counts failed authentications. The caller flushes and closes it. */
  readonly failures: Pick<FailureCounter, 'count'>
  readonly log: Log
  /** Redacts secrets in what agents send. */
  readonly redactor: Redactor
  readonly metrics: Metrics
  readonly config: {
    /** Requests per minute per token. */
    readonly rateLimit: number
    /** Addresses and networks of proxies whose X-Forwarded-For is trusted. */
    readonly trustProxy: readonly string[]
    /** Bearer token for /metrics; without it, /metrics is 404. */
    readonly metricsToken?: string | undefined
    /** The URL that agents use, and the origin whose pages may call /mcp. Defaults to the request's own URL. */
    readonly publicUrl?: string | undefined
  }
  /** Returns the URL of the owner's chat; null until Telegram has returned the bot's name. */
  readonly home?: () => string | null
  readonly health: () => Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, unknown>> }>
  /** Aborts when the process stops; waiting requests then answer with what they have. */
  readonly signal: AbortSignal
}
