import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openDatabase } from '../src/db/open.ts'
import type { Database } from '../src/db/types.ts'
import { ensureOwner } from '../src/domain/core/owner.ts'

/** An empty, migrated database for the benchmark, and the environment that points the product to it. */
export interface BenchStore {
  readonly kind: 'Postgres' | 'embedded'
  /** Opens it in this process. Only one process at a time can open an embedded one. */
  readonly open: () => Promise<Database & { readonly ownerId: string }>
  readonly env: Readonly<Record<string, string>>
  /** Null if embedded. */
  readonly url: string | null
  readonly drop: () => Promise<void>
}

const secret = { SECRET_KEY: 'only-for-the-benchmark-00000000000000' }

/** Creates a database on a Postgres server. */
export async function createPostgres(server: string): Promise<BenchStore> {
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  const name = `preqbot_bench_${randomBytes(4).toString('hex')}`
  await admin.unsafe(`create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-bench-'))
  return {
    kind: 'Postgres',
    url: url.href,
    env: { ...secret, DATABASE_URL: url.href, DATA_DIR: dataDir },
    open: () => open({ databaseUrl: url.href, dataDir }),
    drop: async () => {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Creates a folder for an embedded database. */
export function createEmbedded(): BenchStore {
  const dataDir = mkdtempSync(join(tmpdir(), 'preqbot-bench-'))
  return {
    kind: 'embedded',
    url: null,
    env: { ...secret, DATA_DIR: dataDir },
    open: () => open({ dataDir }),
    drop: async () => rmSync(dataDir, { recursive: true, force: true }),
  }
}

async function open(where: { readonly databaseUrl?: string; readonly dataDir: string }) {
  const database = await openDatabase({ ...where, onTrouble: (what, error) => console.error(what, error) })
  const owner = await ensureOwner(database.db, { email: 'ada@example.com', name: 'Ada', now: new Date() })
  return { ...database, ownerId: owner.id }
}
