/** Counters and gauges as plain functions, so only this file knows prom-client. */
export interface Metrics {
  readonly countRequest: (request: {
    readonly method: string
    /** The route's pattern, never the path: a label must not have a value per task. */
    readonly route: string
    readonly status: number
    readonly seconds: number
  }) => void
  /** Counts a change of the board by an agent, by action, e.g. `task.move`. */
  readonly countVerb: (action: string) => void
  readonly countDelivery: (outcome: string) => void
  readonly countUpdate: (outcome: 'handled' | 'skipped' | 'failed') => void
  readonly setLastPoll: (at: Date) => void
  /** Sets how many events the notifier has not read yet. */
  readonly setOutboxLag: (events: number) => void
  /** Renders everything in Prometheus' text format; null if metrics are off. */
  readonly render: () => Promise<{ readonly contentType: string; readonly body: string } | null>
}

/** Counts nothing; used if metrics are off, so prom-client isn't loaded. */
export const noMetrics: Metrics = {
  countRequest: () => {},
  countVerb: () => {},
  countDelivery: () => {},
  countUpdate: () => {},
  setLastPoll: () => {},
  setOutboxLag: () => {},
  render: async () => null,
}

/** Creates the metrics, including those of the process; returns `noMetrics` if they are off. */
export async function createMetrics({ enabled }: { readonly enabled: boolean }): Promise<Metrics> {
  if (!enabled) return noMetrics
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'preqbot_' })
  const requests = new Histogram({
    name: 'preqbot_http_request_seconds',
    help: 'HTTP requests by method, route and status, with the time each took.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60],
    registers,
  })
  const verbs = new Counter({
    name: 'preqbot_verbs_total',
    help: 'Changes of the board by agents, by action.',
    labelNames: ['action'],
    registers,
  })
  const deliveries = new Counter({
    name: 'preqbot_deliveries_total',
    help: 'Messages to Telegram by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const updates = new Counter({
    name: 'preqbot_updates_total',
    help: 'Updates from Telegram by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const lastPoll = new Gauge({
    name: 'preqbot_last_poll_timestamp_seconds',
    help: 'When Telegram last answered a poll.',
    registers,
  })
  const lag = new Gauge({
    name: 'preqbot_outbox_lag_events',
    help: 'Events that the notifier has not read yet.',
    registers,
  })
  return {
    countRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    countVerb: (action) => verbs.inc({ action }),
    countDelivery: (outcome) => deliveries.inc({ outcome }),
    countUpdate: (outcome) => updates.inc({ outcome }),
    setLastPoll: (at) => lastPoll.set(at.getTime() / 1000),
    setOutboxLag: (events) => lag.set(events),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}
