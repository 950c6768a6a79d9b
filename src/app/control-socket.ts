import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { relative, resolve } from 'node:path'
import { z } from 'zod'
import { DomainError } from '../domain/core/errors.ts'
import type { Log } from '../log.ts'
import { Command, CommandError } from './commands.ts'

// macOS and BSD allow 104 bytes including the trailing NUL; Linux allows 108.
const maxPathBytes = 103
const maxRequestLength = 10_000
const unavailable = 'terminal commands work only while the bot is stopped'

/** The answer to a command: what the terminal prints, or why it failed. */
export const Answer = z.union([z.object({ text: z.string() }), z.object({ error: z.string() })])
export type Answer = z.output<typeof Answer>

/** Returns the shortest path of a data folder's control socket; null if even that is too long for the system. */
export function controlPath(dataDir: string): string | null {
  const path = resolve(dataDir, 'control.sock')
  const fromHere = relative(process.cwd(), path)
  const short = fromHere.length < path.length ? fromHere : path
  return Buffer.byteLength(short) > maxPathBytes ? null : short
}

/**
 * Accepts terminal commands from this user only: one line of JSON each way per connection. The caller must hold the folder's
 * lock, so an existing socket was left by a killed process. Returns a function that closes the socket.
 */
export async function openControlSocket(options: {
  readonly dataDir: string
  readonly run: (command: Command) => Promise<string>
  readonly log: Log
}): Promise<() => Promise<void>> {
  const { dataDir, run, log } = options
  const path = controlPath(dataDir)
  if (path === null) {
    log.warn({}, `${unavailable}: ${resolve(dataDir)} is too long for a socket`)
    return async () => {}
  }
  const sockets = new Set<Socket>()
  const running = new Set<Promise<void>>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    onFirstLine(socket, (line) => {
      const work = answer(line, run, log).then((reply) => void socket.end(`${JSON.stringify(reply)}\n`))
      running.add(work)
      void work.finally(() => running.delete(work))
    })
  })
  try {
    rmSync(path, { force: true })
    await listen(server, path)
  } catch (error) {
    // Some volumes don't support sockets; the bot works without one.
    log.warn({ err: error }, unavailable)
    return async () => {}
  }
  return async () => {
    const closed = new Promise((done) => server.close(done))
    await Promise.all(running)
    for (const socket of sockets) socket.destroySoon()
    await closed
  }
}

async function answer(line: string, run: (command: Command) => Promise<string>, log: Log): Promise<Answer> {
  try {
    return { text: await run(Command.parse(JSON.parse(line))) }
  } catch (error) {
    if (error instanceof CommandError || error instanceof DomainError) return { error: error.message }
    log.error({ err: error }, 'a terminal command failed')
    return { error: "That failed. The running bot's log says why." }
  }
}

function onFirstLine(socket: Socket, take: (line: string) => void): void {
  let text = ''
  const read = (chunk: string) => {
    text += chunk
    const end = text.indexOf('\n')
    if (end === -1 && text.length <= maxRequestLength) return
    socket.off('data', read)
    if (end === -1) socket.destroy()
    else take(text.slice(0, end))
  }
  socket.setEncoding('utf8').on('data', read)
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, reject) => {
    server.once('error', reject)
    // The umask sets the mode at creation; with a later chmod, another user could connect first.
    const before = process.umask(0o177)
    try {
      server.listen(path, done)
    } finally {
      process.umask(before)
    }
  })
}
