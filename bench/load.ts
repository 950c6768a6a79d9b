import { type Child, startChild } from './child.ts'

/** A load: each path is requested once, or repeatedly if `cycle` is set. */
export interface Load {
  readonly origin: string
  readonly connections: number
  readonly seconds: number
  readonly method: 'GET' | 'PATCH'
  readonly paths: readonly string[]
  readonly cycle: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface LoadResult {
  readonly requests: number
  readonly perSecond: number
  readonly p95: number
  /** The count of failed responses; `failure` is one of them. */
  readonly failed: number
  readonly failure: string | null
}

/** Starts a process that generates load. */
export async function startLoader(): Promise<{
  readonly run: (load: Load) => Promise<LoadResult>
  readonly stop: () => Promise<void>
}> {
  const child: Child<LoadResult> = await startChild<LoadResult>('./load-process.ts', null)
  return {
    run: async (load) => {
      const result = await child.ask(load)
      if (result.failed > 0) throw new Error(`${result.failed} requests failed: ${result.failure}`)
      return result
    },
    stop: child.stop,
  }
}
