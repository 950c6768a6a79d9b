import type { FailureCounter } from '../../domain/access/security.ts'
import type { Store } from '../../domain/core/context.ts'
import type { Wakeup } from '../../domain/core/outbox.ts'
import type { Redactor } from '../../domain/core/redactor.ts'
import type { Question } from '../../domain/questions/question.ts'
import type { Log } from '../../log.ts'
import type { Metrics } from '../../metrics.ts'

/** Waits until something has happened to `id`, `until` is aborted, `seconds` pass, or the process stops. */
export type SharedWait = (
  id: string,
  waiting: { readonly seconds: number; readonly until: AbortSignal },
) => Promise<void>

/** Requests that wait for answers. All of one process share one query, and none holds a database connection. */
export interface QuestionWaits {
  /** Waits until a question is closed, `until` is aborted, `seconds` pass, or the process stops; then returns it as it is and notes that its answer was received. */
  readonly wait: (
    id: string,
    waiting: { readonly seconds: number; readonly until: AbortSignal },
  ) => Promise<Question>
}

/** What the parts of the API share, beside what it needs from outside. */
export interface ApiParts extends ApiDeps {
  readonly questions: QuestionWaits
  /** Waits until a runner has something to do. Its state, as JSON, is the ID. */
  readonly runners: SharedWait
}

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
  /** How many requests of this process wait for each question of a hook. */
  readonly held?: Map<string, number>
  /** Aborts when the process stops; waiting requests then answer with what they have. */
  readonly signal: AbortSignal
}
