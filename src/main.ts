import { type App, startApp } from './app/app.ts'
import { createBufferedOutput, openTerminal, terminalFormat } from './app/terminal.ts'
import { loadConfig, secretsOf } from './config.ts'
import { createRedactor } from './domain/core/redactor.ts'
import { openLog } from './log.ts'
import { toLastWords } from './logged-error.ts'

const maxStopMs = 10_000
const signals = ['SIGINT', 'SIGTERM'] as const

// During the start there is nothing to finish. As PID 1 of a container, the process would ignore these signals by default.
let onSignal: (signal: string) => void = () => process.exit(1)
// Registered only once: a signal that arrives while a listener is replaced is lost.
for (const name of signals) process.on(name, (signal) => onSignal(signal))

let app: App | undefined
let { text: redact } = createRedactor()
// Node's default would print everything in the error, e.g. the parameters of a query.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${redact(toLastWords(error))}\n`)
  process.exit(1)
})
try {
  const config = loadConfig(process.env)
  const format = terminalFormat(config.LOG_FORMAT, process.stdout.isTTY)
  const terminal = openTerminal({
    format,
    out: format === 'json' ? createBufferedOutput() : process.stdout,
    withStacks: config.LOG_LEVEL === 'debug' || config.LOG_LEVEL === 'trace',
  })
  const log = openLog({ level: config.LOG_LEVEL, write: terminal.log })
  log.redactor.learn(...secretsOf(config))
  redact = log.redactor.text
  app = await startApp({ config, log })
  onSignal = (signal) => {
    log.info({ signal }, 'stopping')
    // A second signal, or ten seconds, ends the process immediately.
    onSignal = () => process.exit(1)
    setTimeout(() => process.exit(1), maxStopMs).unref()
    void app?.close().then(() => process.exit(0))
  }
  const { url, playground } = app
  const link = await app.setupLink()
  if (playground !== null) {
    const what = playground === 'open' ? 'anyone with this link is the owner' : 'nothing leaves this machine'
    terminal.announce(`Open ${link} to start (playground – ${what})`, { url })
  } else if (link !== null)
    terminal.announce(`Open ${link} to start (works once${config.SETUP_CODE ? '' : ', within an hour'})`)
} catch (error) {
  process.stderr.write(`${redact(toLastWords(error))}\n`)
  setTimeout(() => process.exit(1), maxStopMs).unref()
  await app?.close()
  process.exit(1)
}
