// What the fake agents have in common: the task's description contains their steps, one per line, as `step NAME TEXT`.
import { spawn, spawnSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

/** The task's key and the steps that a prompt contains. */
export function readPrompt(prompt) {
  const key = /Task (\S+):/.exec(prompt)?.[1] ?? ''
  const steps = [...prompt.matchAll(/^step (\S+) ?(.*)$/gm)].map(([, name, text]) => ({ name, text }))
  return { key, steps }
}

/** Follows the steps. The agent brings what depends on its protocol. */
export async function follow({ key, steps }, agent) {
  for (const { name, text } of steps) await perform(name, { key, text, agent })
}

async function perform(name, { key, text, agent }) {
  switch (name) {
    case 'permit':
      return report(key, `permission: ${await agent.permit(text)}`)
    case 'question':
      return report(key, `answer: ${await agent.question(text)}`)
    case 'words':
      await report(key, 'waits')
      return report(key, `words: ${await agent.words()}`)
    case 'limit':
      return agent.limit(text)
    case 'write':
      return agent.write(text)
    case 'run':
      return spawnSync('sh', ['-c', text], { stdio: 'ignore' })
    case 'leave':
      return spawn('sh', ['-c', text], { detached: true, stdio: 'ignore' }).unref()
    case 'env':
      return report(key, JSON.stringify(process.env))
    case 'session':
      return report(key, `session: ${agent.session()}`)
    case 'print':
      return print(Number(text))
    case 'complain':
      return process.stderr.write(`${text}\n`)
    case 'exit':
      return process.exit(Number(text))
    case 'hang':
      process.on('SIGTERM', () => {})
      agent.ignoreStop()
      await report(key, `hangs ${process.pid}`)
      return pause(2 ** 30)
    case 'wait':
      await report(key, `works ${process.pid}`)
      return agent.untilStopped()
    default:
      return call(`/api/tasks/${key}`, 'PATCH', {
        lifecycle_action: name,
        result: name === 'block' ? { reason: text } : { summary: text },
      })
  }
}

function report(key, text) {
  return call(`/api/tasks/${key}/comments`, 'POST', { text })
}

async function call(path, method, body) {
  const headers = { Authorization: `Bearer ${process.env.PREQBOT_TOKEN}`, 'Content-Type': 'application/json' }
  const request = { method, headers, body: JSON.stringify(body) }
  try {
    await fetch(`${process.env.PREQBOT_URL}${path}`, request)
  } catch {
    // Agents call again while the board is away.
    await pause(200)
    await call(path, method, body)
  }
}

async function print(megabytes) {
  const chunk = 'x'.repeat(1024 * 1024)
  for (let count = 0; count < megabytes; count += 1)
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  process.stdout.write('\n')
}

/** A queue of words, each given to one who waits. */
export function createInbox() {
  const words = []
  const waiting = []
  return {
    add: (text) => (waiting.length > 0 ? waiting.shift()(text) : words.push(text)),
    next: () =>
      words.length > 0 ? Promise.resolve(words.shift()) : new Promise((resolve) => waiting.push(resolve)),
  }
}

/** A promise with its function. */
export function createGate() {
  let open = () => {}
  const opened = new Promise((resolve) => {
    open = resolve
  })
  return { open, opened }
}
