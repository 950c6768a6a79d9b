import { setTimeout as delay } from 'node:timers/promises'

/** Waits this long, or until the signal aborts; resolves either way. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
