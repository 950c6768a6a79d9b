export type Fault =
  | { readonly kind: 'refuse-connection' }
  | { readonly kind: 'lost-before' | 'lost-after' | '500' | '400-parse' | '403-blocked' | 'double-update' }
  | { readonly kind: '429'; readonly retryAfter: number }
  | { readonly kind: 'delay' | 'late-answer'; readonly ms: number }

type FaultPlan = Fault & {
  /** Affects only this method; any method by default. */
  readonly method?: string | RegExp
  /** How often it happens; once by default. Refused connections aren't counted: they last until removed. */
  readonly times?: number
}

type CallFault = Exclude<Fault, { readonly kind: 'refuse-connection' | 'double-update' }>

export interface Faults {
  /** Plans a fault. Returns a function that removes it and returns how often it happened. */
  readonly add: (plan: FaultPlan) => () => number
  readonly clear: () => void
  /** Returns how many planned faults are still pending. */
  readonly left: () => number
  /** Takes the next planned fault for a method. */
  readonly takeCall: (method: string) => CallFault | undefined
  readonly takeDoubleUpdate: () => boolean
  readonly isRefusing: () => boolean
  /** Calls the listener when refusing starts or stops. */
  readonly onRefusing: (listener: (refusing: boolean) => void) => () => void
}

/** Creates a plan of faults between the bot and Telegram. */
export function createFaults(): Faults {
  const plans = new Set<{ readonly plan: FaultPlan; left: number }>()
  const listeners = new Set<(refusing: boolean) => void>()
  let wasRefusing = false

  const isRefusing = () => [...plans].some(({ plan }) => plan.kind === 'refuse-connection')
  const refuseWith = () => {
    const refusing = isRefusing()
    if (refusing === wasRefusing) return
    wasRefusing = refusing
    for (const listener of listeners) listener(refusing)
  }
  const take = (fits: (plan: FaultPlan) => boolean): FaultPlan | undefined => {
    for (const planned of plans) {
      if (!fits(planned.plan)) continue
      if (--planned.left <= 0) plans.delete(planned)
      return planned.plan
    }
    return undefined
  }

  return {
    add: (plan) => {
      const times = plan.times ?? 1
      const planned = { plan, left: times }
      plans.add(planned)
      refuseWith()
      return () => {
        plans.delete(planned)
        refuseWith()
        return times - planned.left
      }
    },
    clear: () => {
      plans.clear()
      refuseWith()
    },
    left: () => plans.size,
    takeCall: (method) => take((plan) => isOfCall(plan) && fitsMethod(plan, method)) as CallFault | undefined,
    takeDoubleUpdate: () => take((plan) => plan.kind === 'double-update') !== undefined,
    isRefusing,
    onRefusing: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function isOfCall(plan: FaultPlan): boolean {
  return plan.kind !== 'refuse-connection' && plan.kind !== 'double-update'
}

function fitsMethod({ method }: FaultPlan, called: string): boolean {
  if (method === undefined) return true
  return typeof method === 'string' ? method.toLowerCase() === called.toLowerCase() : method.test(called)
}
