import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type HttpServer, openHttpServer } from '../../src/app/http-server.ts'

let server: HttpServer
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

const open = async (limits: { readonly requestMs: number; readonly connections: number }) => {
  server = await openHttpServer({ port: 0, host: '127.0.0.1', limits })
}
const dial = () => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  return socket
}
const closed = async (socket: Socket): Promise<string> => {
  let received = ''
  socket.on('data', (data) => {
    received += data
  })
  await once(socket, 'close')
  return received
}

test.each([
  ['headers', 'POST / HTTP/1.1\r\nHost: x\r\n'],
  ['a body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345'],
])('a request whose %s never ends is aborted', async (_what, head) => {
  await open({ requestMs: 200, connections: 10 })
  server.serve({ fetch: async (request: Request) => new Response(await request.text()) })

  const socket = dial()
  socket.write(head)

  expect(await closed(socket)).toContain('408')
})

test('a response may take longer than the limit for a request', async () => {
  await open({ requestMs: 100, connections: 10 })
  let answer: (response: Response) => void = () => {}
  const asked = new Promise<void>((resolve) => {
    server.serve({
      fetch: () => {
        resolve()
        return new Promise<Response>((respond) => {
          answer = respond
        })
      },
    })
  })
  const waiting = fetch(server.url)
  await asked

  // The response has outlasted the limit once a later request is aborted.
  const stalled = dial()
  stalled.write('POST / HTTP/1.1\r\n')
  await closed(stalled)
  answer(new Response('late'))

  expect(await (await waiting).text()).toBe('late')
})

test('connections over the limit are refused, and those within it are served', async () => {
  await open({ requestMs: 30_000, connections: 2 })
  server.serve({ fetch: () => new Response('ok') })
  const [first, second] = [dial(), dial()]
  await Promise.all([once(first, 'connect'), once(second, 'connect')])

  const third = dial()
  expect(await closed(third)).toBe('')

  const answered = closed(first)
  first.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await answered).toContain('200 OK')
})
