import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type postgres from 'postgres'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openTcpProxy } from '../support/tcp-proxy.ts'

/** Bundles the driver like the product. */
async function bundledDriver(): Promise<typeof postgres> {
  const { repairedPackages } = await import(new URL('../../scripts/repairs.js', import.meta.url).href)
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-driver-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'driver.mjs')
  await build({
    stdin: { contents: "export { default } from 'postgres'", resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [repairedPackages],
  })
  return (await import(pathToFileURL(outfile).href)).default
}

test.skipIf(inject('templateDatabase') === null)(
  'a query that is sent while its connection is being lost fails, and the next one is answered (an embedded database has no connections)',
  async () => {
    const driver = await bundledDriver()
    const proxy = await openTcpProxy(inject('templateDatabase')?.url ?? '')
    const sql = driver(proxy.url, { max: 1, fetch_types: false, connect_timeout: 5 })
    onTestFinished(async () => {
      await sql.end({ timeout: 0 })
      await proxy.close()
    })
    await sql`select 1`
    // Sent after the socket's error and before its close.
    const retried = sql`select pg_sleep(10)`.catch(() => sql`select 2`)
    await pause(50)

    proxy.reset()

    await expect(retried).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(await sql`select 3 as three`).toEqual([{ three: 3 }])
  },
)
