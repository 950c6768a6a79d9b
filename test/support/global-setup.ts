import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { embeddedDatabase } from '../../src/db/embedded/embedded.ts'
import { migrateEmbedded, migratePostgres } from '../../src/db/migrations/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A migrated embedded database as a tar; null if the tests run on Postgres. */
    readonly templateFile: string | null
    /** The server's URL and the name of its migrated template database. */
    readonly templateDatabase: { readonly url: string; readonly name: string } | null
    /** The folder where the first file that needs it builds the product. */
    readonly buildFolder: string
  }
}

/** Migrates once; every test file opens a copy. Returns the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL
  const buildFolder = mkdtempSync(join(tmpdir(), 'preqbot-build-'))
  project.provide('buildFolder', buildFolder)
  const cleanUp = await (url === undefined || url === ''
    ? setupEmbedded(project)
    : setupPostgres(project, url))
  return async () => {
    rmSync(buildFolder, { recursive: true, force: true })
    await cleanUp()
  }
}

async function setupEmbedded(project: TestProject): Promise<() => Promise<void>> {
  // If there is none, each process that a test starts on a new folder spends seconds on initdb.
  await import('../../scripts/make-template.ts')
  const client = await PGlite.create()
  const database = embeddedDatabase(client)
  await migrateEmbedded(database.db)
  const dump = await client.dumpDataDir('none')
  await database.close()
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-test-'))
  const file = join(folder, 'template.tar')
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()))
  project.provide('templateFile', file)
  project.provide('templateDatabase', null)
  return async () => rmSync(folder, { recursive: true, force: true })
}

async function setupPostgres(project: TestProject, url: string): Promise<() => Promise<void>> {
  const name = `preqbot_test_${randomBytes(4).toString('hex')}`
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  await migratePostgres(withDatabase(url, name))
  project.provide('templateFile', null)
  project.provide('templateDatabase', { url, name })
  return async () => {
    const copies = await admin<
      { datname: string }[]
    >`select datname from pg_database where datname like ${`${name}%`}`
    for (const { datname } of copies) await admin.unsafe(`drop database if exists ${datname} with (force)`)
    await admin.end()
  }
}

/** Returns the server's URL with another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
