import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A helper process, so its work doesn't slow down the measured process. */
export interface Child<Message> {
  readonly pid: number
  readonly first: Message
  readonly ask: (question: unknown) => Promise<Message>
  readonly stop: () => Promise<void>
}

/** Starts a file of this folder with an argument; resolves with its first message. */
export async function startChild<Message>(file: string, begin: unknown): Promise<Child<Message>> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(path, [JSON.stringify(begin)], { execArgv: ['--import', 'tsx'] })
  const next = (): Promise<Message> => nextMessage(child, file)
  const first = await next()
  return {
    pid: child.pid as number,
    first,
    ask: (question) => {
      const answer = next()
      child.send(question as object)
      return answer
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}

function nextMessage<Message>(child: ChildProcess, file: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const fail = (code: number | null) => reject(new Error(`${file} ended with ${code}`))
    child.once('exit', fail)
    child.once('message', (message) => {
      child.off('exit', fail)
      resolve(message as Message)
    })
  })
}
