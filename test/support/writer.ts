import { sql } from 'drizzle-orm'
import { takeSnapshot } from '../../src/db/embedded/snapshots.ts'
import { openDatabase } from '../../src/db/open.ts'
import { rows } from '../../src/db/rows.ts'

// Writes to the embedded database in the given folder until it is killed. Prints what is there first, then each number once its
// transaction is committed. With a second argument, it takes snapshots instead.
const [dataDir = '', task] = process.argv.slice(2)
const { db } = await openDatabase({ dataDir, onTrouble: (what, error) => console.error(what, error) })
await db.execute(sql`create table if not exists written (n int primary key, note text)`)
await db.execute(sql`create table if not exists echoed (n int primary key)`)
const found = await rows<{ n: number; echoed: boolean }>(
  db,
  sql`select coalesce(w.n, e.n) as n, w.n is not null and e.n is not null and length(note) >= 2000 as echoed
    from written w full join echoed e using (n) order by 1`,
)
process.stdout.write(`${JSON.stringify(found.map(({ n, echoed }) => (echoed ? n : -n)))}\n`)
while (task === 'snapshots') await takeSnapshot(db, dataDir, { now: new Date() })
for (let n = (found.at(-1)?.n ?? 0) + 1; ; n += 1) {
  await db.transaction(async (tx) => {
    await tx.execute(sql`insert into written values (${n}, repeat('x', 2000))`)
    await tx.execute(sql`update written set note = note || 'y' where n > ${n - 20}`)
    await tx.execute(sql`insert into echoed values (${n})`)
  })
  process.stdout.write(`${n}\n`)
  if (n % 50 === 0) await db.execute(sql`checkpoint`)
}
