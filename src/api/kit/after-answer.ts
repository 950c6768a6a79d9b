import type { Log } from '../../log.ts'
import type { ApiContext } from './env.ts'

/** Runs work once the answer has been written; never if the connection breaks before. */
export async function runAfterAnswer(c: ApiContext, log: Log, work: () => Promise<void>): Promise<void> {
  const { outgoing } = c.env
  // A test may call the app without a server.
  if (outgoing === undefined) return work()
  outgoing.once('finish', () => {
    work().catch((error: unknown) => log.error({ err: error }, "couldn't record that an answer was written"))
  })
}
