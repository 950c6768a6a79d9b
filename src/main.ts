import { type App, startApp } from './app.ts'
import { loadConfig } from './config.ts'
import { openLog } from './log.ts'

const longestStopMs = 10_000
const signals = ['SIGINT', 'SIGTERM'] as const

// While it starts there is nothing to finish. As the first process of a container it would not hear these by itself.
for (const name of signals) process.on(name, () => process.exit(1))

let app: App | undefined
try {
  const config = loadConfig(process.env)
  const log = openLog({ level: config.LOG_LEVEL })
  app = await startApp({ config, log })
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping')
    // A second signal, or ten seconds, and the process ends as it is.
    for (const name of signals) process.removeAllListeners(name).on(name, () => process.exit(1))
    setTimeout(() => process.exit(1), longestStopMs).unref()
    void app?.close().then(() => process.exit(0))
  }
  for (const name of signals) process.removeAllListeners(name).once(name, stop)
  process.stdout.write(
    `preqbot is at ${app.url}${app.isPlayground ? ' (playground: nothing leaves this machine)' : ''}\n`,
  )
  const link = await app.setupLink()
  if (link !== null) process.stdout.write(`Set it up: ${link}\n`)
} catch (error) {
  process.stderr.write(
    `${error instanceof Error && error.name !== 'Error' ? error.message : String((error as Error).stack ?? error)}\n`,
  )
  setTimeout(() => process.exit(1), longestStopMs).unref()
  await app?.close()
  process.exit(1)
}
