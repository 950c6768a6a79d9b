import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepPlans } from '../../src/db/embedded/plans.ts'

let client: PGlite
beforeAll(async () => {
  client = await PGlite.create()
})
afterAll(() => client.close())
beforeEach(async () => {
  await client.exec('deallocate all; drop table if exists notes; create table notes (id int, body text)')
})

const plans = async () => {
  const { rows } = await client.query<{ statement: string }>('select statement from pg_prepared_statements')
  return rows.map(({ statement }) => statement)
}
/** Runs something as often as it takes to make a plan and to use it. */
const repeat = async <T>(run: () => Promise<T>): Promise<T[]> => {
  const results: T[] = []
  for (let time = 0; time < 5; time += 1) results.push(await run())
  return results
}

test.each([
  ['text', "it's"],
  ['text', String.raw`back\slash'; drop table notes; --`],
  ['text', '🙂 한국어 \n\t"$1"'],
  ['text', ''],
  ['text', null],
  ['int', -7],
  ['int', '42'],
  ['float8', 0.1],
  ['boolean', true],
  ['boolean', false],
  ['jsonb', JSON.stringify({ a: ["it's", null, '\\'] })],
  ['timestamptz', '2026-11-29T10:00:00.123Z'],
])('a %s has the same value with a plan: %j', async (type, value) => {
  const statement = `select $1::${type} as value, $1::${type} is null as missing`
  const planned = keepPlans(client)

  const results = await repeat(() => planned.query(statement, [value], { rowMode: 'array' }))

  const { rows } = await client.query(statement, [value], { rowMode: 'array' })
  expect(results.map((one) => one.rows)).toEqual(Array(5).fill(rows))
  expect(await plans()).toEqual([expect.stringContaining(statement)])
})

test.each([[new Date('2026-11-29T10:00:00.123Z')], [new Uint8Array([0, 255])], [['a', 'b']], [9n]])(
  'a value without a plain text form keeps its statement from having a plan: %s',
  async (value) => {
    const planned = keepPlans(client)
    const type =
      value instanceof Date
        ? 'timestamptz'
        : value instanceof Uint8Array
          ? 'bytea'
          : Array.isArray(value)
            ? 'text[]'
            : 'bigint'
    await repeat(() => planned.query(`select $1::${type} as value`, [value]))
    expect(await plans()).toEqual([])
  },
)

test('a NUL is refused with a plan as without one', async () => {
  const planned = keepPlans(client)
  const insert = (body: string) => planned.query('insert into notes (body) values ($1)', [body])
  await repeat(() => insert('a'))
  await expect(insert("a\0'); drop table notes; --")).rejects.toMatchObject({ code: '22021' })
  expect((await client.query('select from notes')).rows).toHaveLength(5)
})

test('a change reports how many rows it affected', async () => {
  const planned = keepPlans(client)
  const results = await repeat(() => planned.query('insert into notes (id) values ($1), ($1)', [1]))
  expect(results.map(({ affectedRows }) => affectedRows)).toEqual([2, 2, 2, 2, 2])
})

test('a plan that was made in a transaction outlives its rollback', async () => {
  const planned = keepPlans(client)
  const insert = 'insert into notes (id) values ($1)'
  const aborted = planned.transaction(async (tx) => {
    await repeat(() => tx.query(insert, [1]))
    throw new Error('no')
  })
  await expect(aborted).rejects.toThrow('no')

  await planned.query(insert, [2])

  expect((await client.query('select id from notes')).rows).toEqual([{ id: 2 }])
  expect(await plans()).toHaveLength(1)
})

test('a statement that fails is told apart from its plan, and works again', async () => {
  const planned = keepPlans(client)
  await client.exec('alter table notes add check (id > 0)')
  const insert = (id: number) => planned.query('insert into notes (id) values ($1)', [id])
  await repeat(() => expect(insert(-1)).rejects.toMatchObject({ code: '23514' }))
  await insert(1)
  expect((await client.query('select id from notes')).rows).toEqual([{ id: 1 }])
})

test('a statement that can’t be planned fails as it does without a plan', async () => {
  const planned = keepPlans(client)
  await repeat(() =>
    expect(planned.query('select nothing from notes')).rejects.toMatchObject({ code: '42703' }),
  )
  expect(await plans()).toEqual([])
})

test('calls inside and outside of transactions never wait for each other’s plans', async () => {
  const planned = keepPlans(client)
  const insert = 'insert into notes (id) values ($1)'
  const inTransaction = () =>
    planned.transaction(async (tx) => {
      for (let id = 0; id < 4; id += 1) await tx.query(insert, [id])
    })

  await Promise.all(
    Array.from({ length: 20 }, (_, id) => (id % 2 === 0 ? inTransaction() : planned.query(insert, [id]))),
  )

  expect((await client.query('select from notes')).rows).toHaveLength(50)
  expect(await plans()).toHaveLength(1)
})

test('statements beyond 250 work without a plan', async () => {
  const planned = keepPlans(client)
  for (let one = 0; one < 260; one += 1) await repeat(() => planned.query(`select ${one} as value`))
  expect(await plans()).toHaveLength(250)
  expect((await planned.query('select 259 as value')).rows).toEqual([{ value: 259 }])
})
