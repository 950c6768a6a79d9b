import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { writeBlock } from '../scripts/blocks.ts'
import { within } from './board.ts'
import { measureBurst } from './burst.ts'
import { measureChat } from './chat.ts'
import { startChild } from './child.ts'
import { type Figure, toHeadlines, toTable } from './figures.ts'
import { measureGrowth } from './growth.ts'
import { measureHttp } from './http.ts'
import { readOptions } from './options.ts'
import { measurePgbench } from './pgbench.ts'
import { measurePicture, measureQuickAdd } from './pure.ts'
import { measureQuestions } from './questions.ts'
import { measureRunner } from './runner.ts'
import { full, quick } from './scale.ts'
import { seedOpen, seedPool } from './seed.ts'
import { measureStart } from './start.ts'
import { type BenchStore, createEmbedded, createPostgres } from './store.ts'
import { measureVerbs } from './verbs.ts'

const options = readOptions()
const scale = options.quick ? quick : full
const server = process.env.BENCH_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const figures: Figure[] = []

/** Runs a measurement, unless --only excludes it. */
async function measure(name: string, work: () => Promise<Figure[]> | Figure[]): Promise<void> {
  if (options.only.length > 0 && !options.only.includes(name)) return
  const began = performance.now()
  figures.push(...(await work()))
  process.stderr.write(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s\n`)
}

async function measureStore(store: BenchStore): Promise<void> {
  const telegram = await startChild<{ url: string; token: string; userId: number }>(
    './telegram-process.ts',
    null,
  )
  const { url, token, userId } = telegram.first
  const env = { BOT_TOKEN: token, TELEGRAM_API_ROOT: url }
  try {
    await measure('start', () => measureStart(store, env, scale))
    await within(store, async ({ db, ownerId }) => {
      await seedOpen(db, ownerId)
    })
    await measure('verbs', () => measureVerbs(store, scale))
    await within(store, ({ db, ownerId }) => seedPool(db, ownerId, scale.pool))
    await measure('pgbench', () => measurePgbench(store, scale))
    await measure('chat', () => measureChat(store, scale))
    await measure('questions', () => measureQuestions(store, scale))
    await measure('runner', () => measureRunner(store, scale))
    await measure('http', () => measureHttp(store, { env, userId }, scale))
    if (options.burst || options.only.includes('burst')) await measure('burst', () => measureBurst(store))
    if (options.only.includes('growth'))
      await measure('growth', () => measureGrowth(store, { env, userId }, scale))
  } finally {
    await telegram.stop()
    await store.drop()
  }
}

await measure('quick-add', measureQuickAdd)
await measure('picture', () => measurePicture(scale.rounds))
if (options.on !== 'embedded') await measureStore(await createPostgres(server))
if (options.on !== 'postgres') await measureStore(createEmbedded())
const kind = options.quick ? 'a quick run, not representative' : 'medians of five'
const report = `Node ${process.versions.node}, ${availableParallelism()} cores, ${kind}\n\n${toTable(figures)}`
process.stdout.write(`\n${report}\n`)
if (options.readme) {
  if (options.only.includes('growth')) writeBlock('docs/operations.md', 'growth', report)
  else {
    writeBlock('README.md', 'numbers', toHeadlines(figures))
    writeBlock('docs/performance.md', 'numbers', report)
  }
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`)
