import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows } from '../../src/db/rows.ts'
import type { ProjectRow } from '../../src/db/schema.ts'
import type { Task } from '../../src/domain/tasks/task.ts'
import { type Board, openBoard } from '../support/board.ts'
import { addProject, addTask } from '../support/tasks.ts'

let board: Board
let shop: ProjectRow
let task: Task
beforeAll(async () => {
  board = await openBoard()
  shop = await addProject(board)
  task = await addTask(board, shop, { labels: ['known'] })
  await addTask(board, shop)
  await board.db.execute(
    sql.raw(`insert into work_logs (owner_id, title) values ('${board.ownerId}', 'log')`),
  )
  await board.db.execute(sql.raw(`insert into bot_messages (chat_id, purpose) values (1, 'card')`))
})
afterAll(() => board.close())

/** Runs a statement that must fail. Returns the name of the constraint. */
const refusal = async (statement: string): Promise<string> => {
  const error = await board.db.execute(sql.raw(statement)).then(
    () => null,
    (error: { cause: { constraint?: string; constraint_name?: string; code: string } }) => error.cause,
  )
  return error === null ? 'nothing' : (error.constraint ?? error.constraint_name ?? error.code)
}

const long = (length: number) => `repeat('x', ${length})`

describe('the database itself refuses', () => {
  test.each([
    ['users', `email = 'ADA@example.com'`, 'users_email_lower_case'],
    ['projects', `status = 'deleted'`, 'projects_status'],
    ['projects', 'priority = 0', 'projects_priority'],
    ['projects', 'priority = 6', 'projects_priority'],
    ['projects', `project_key = 'shop'`, 'projects_key'],
    ['projects', `project_key = 'S'`, 'projects_key'],
    ['projects', `project_key = '1SHOP'`, 'projects_key'],
    ['projects', `project_key = 'ABCDEFGHIJK'`, 'projects_key'],
    ['projects', `name = ''`, 'projects_name'],
    ['projects', `name = ${long(121)}`, 'projects_name'],
    ['projects', `description = ${long(50_001)}`, 'projects_description'],
    ['tasks', `status = 'working'`, 'tasks_status'],
    ['tasks', `task_priority = 'urgent'`, 'tasks_priority'],
    ['tasks', `engine = 'claude'`, 'tasks_engine'],
    ['tasks', `run_state = 'working', run_state_updated_at = now()`, 'tasks_run_state'],
    ['tasks', `run_state = 'queued'`, 'tasks_run_state_stamp'],
    ['tasks', 'run_state_updated_at = now()', 'tasks_run_state_stamp'],
    ['tasks', `task_key = 'SHOP-77'`, 'tasks_key'],
    ['tasks', `title = ''`, 'tasks_title'],
    ['tasks', `title = ${long(181)}`, 'tasks_title'],
    ['tasks', `note = ${long(50_001)}`, 'tasks_note'],
    ['tasks', `sort_order = ${long(65)}`, '22001'],
    ['task_labels', `name = ''`, 'task_labels_name'],
    ['task_labels', `name = ${long(41)}`, 'task_labels_name'],
    ['task_labels', `color = 'purple'`, 'task_labels_color'],
    ['task_labels', `color = '#12345'`, 'task_labels_color'],
    ['work_logs', `title = ''`, 'work_logs_title'],
    ['work_logs', `title = ${long(181)}`, 'work_logs_title'],
    ['work_logs', `detail = ${long(100_001)}`, 'work_logs_detail'],
    ['work_logs', `engine = 'gpt'`, 'work_logs_engine'],
    ['bot_messages', `state = 'lost'`, 'bot_messages_state'],
  ])('%s if %s', async (table, change, constraint) => {
    expect(await refusal(`update ${table} set ${change}`)).toBe(constraint)
  })

  test.each([
    [
      'an event about anything else',
      () => `insert into events_outbox (owner_id, event_type, entity_type, entity_id)
        values ('${board.ownerId}', 'X', 'label', 'x')`,
      'events_outbox_entity',
    ],
    [
      'a security event of another outcome',
      () => `insert into security_events (event_type, outcome) values ('auth.token', 'maybe')`,
      'security_events_outcome',
    ],
    [
      'a second owner',
      () => `insert into users (email, is_owner) values ('bob@example.com', true)`,
      'users_one_owner',
    ],
    [
      'a mail address twice',
      () => `insert into users (email) values ('ada@example.com')`,
      'users_email_unique',
    ],
    [
      'a key of a deleted project',
      () => `insert into projects (owner_id, project_key, name, deleted_at)
        values ('${board.ownerId}', 'SHOP', 'Again', now())`,
      'projects_owner_key',
    ],
    [
      'a task key twice',
      () => `insert into tasks (owner_id, project_id, task_key, task_prefix, task_number, title)
        values ('${board.ownerId}', '${shop.id}', 'SHOP-1', 'SHOP', 1, 'x')`,
      'tasks_owner_key',
    ],
    [
      'a label in another case',
      () => `insert into task_labels (owner_id, name) values ('${board.ownerId}', 'KNOWN')`,
      'task_labels_owner_name',
    ],
    [
      'a label twice on a task',
      () => `insert into task_label_assignments (task_id, label_id)
        values ('${task.id}', '${task.labels[0]?.id}')`,
      'task_label_assignments_pair',
    ],
    [
      'a task of no project',
      () => `insert into tasks (owner_id, project_id, task_key, task_prefix, task_number, title)
        values ('${board.ownerId}', '${board.ownerId}', 'SHOP-9', 'SHOP', 9, 'x')`,
      'tasks_project_id_projects_id_fk',
    ],
  ])('%s', async (_what, statement, constraint) => {
    expect(await refusal(statement())).toBe(constraint)
  })

  test('nothing valid: other users, every color, six digits', async () => {
    await board.db.execute(sql`insert into users (email) values ('bob@example.com')`)
    await board.db.execute(sql`update task_labels set color = '#12aBcF'`)
    await board.db.execute(sql`update task_labels set color = 'teal'`)

    expect(await refusal('update tasks set note = null, engine = null')).toBe('nothing')
  })
})

describe('the append-only tables', () => {
  const tables = ['audit_logs', 'security_events', 'events_outbox']

  test.each(tables)('%s can’t be emptied by TRUNCATE, not even with all others', async (table) => {
    expect(await refusal(`truncate ${table}`)).toBe('23001')
    expect(await refusal(`truncate ${tables.join(', ')}, users cascade`)).toBe('23001')
  })
})

describe('sort keys', () => {
  test('compare bytewise in every locale', async () => {
    const ordered = ['A0', 'Zz', 'a0', 'a0V', 'a1', 'aA', 'aa']
    const shuffled = [...ordered].reverse()
    await board.db.execute(sql`create table keys (key varchar(64) collate "C")`)
    for (const key of shuffled) await board.db.execute(sql`insert into keys values (${key})`)
    const answer = (await board.db.execute(sql`
      select string_agg(key, ' ' order by key) as keys from keys`)) as unknown
    const [row] = (Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows) as {
      keys: string
    }[]

    expect(row?.keys).toBe(ordered.join(' '))
  })
})

test('arrays are returned as text, so that no query relies on one database', async () => {
  const [row] = await rows(board.db, sql`select array['a', 'b,c'] as words, array[1, 2] as numbers`)

  expect(row).toEqual({ words: '{a,"b,c"}', numbers: '{1,2}' })
})
