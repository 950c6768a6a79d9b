import type { CtxOptions } from '../domain/context.ts'
import type { Bell } from '../domain/outbox.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'

/** Everything the agents' door needs from outside. */
export interface ApiDeps {
  readonly db: CtxOptions['db']
  readonly ownerId: string
  readonly ownerEmail: string
  readonly now: () => Date
  /** Rung on each NOTIFY of the outbox channel. A hint: whoever waits also looks once a second. */
  readonly bell: Bell
  readonly log: Log
  readonly metrics: Metrics
  readonly config: {
    /** Requests a minute a token. */
    readonly rateLimit: number
    /** Addresses of proxies whose X-Forwarded-For is believed; true believes any. */
    readonly trustProxy: boolean | readonly string[]
    /** Bearer token of /metrics; absent: there is no /metrics. */
    readonly metricsToken?: string | undefined
  }
  readonly health: () => Promise<{ readonly ok: boolean; readonly checks: Readonly<Record<string, unknown>> }>
  /** Aborts when the process stops: requests that wait then answer with what they have. */
  readonly signal: AbortSignal
}
