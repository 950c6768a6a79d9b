import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { userSettings } from '../../../src/db/schema.ts'
import { createProject } from '../../../src/domain/projects/create.ts'
import type { SettingsPatch } from '../../../src/domain/settings/setting-specs.ts'
import { changeSettings, readOwnerSettings } from '../../../src/domain/settings/settings.ts'
import { type Board, openBoard } from '../../support/board.ts'
import { noChanges, recordChanges } from '../../support/recorded-changes.ts'

const defaults = {
  chatId: null,
  threadId: null,
  userId: null,
  enabled: true,
  keepEventsDays: 30,
  timeZone: 'UTC',
  timeZoneSet: false,
  digestTime: '09:00',
  digestEnabled: true,
  digestLastDate: null,
  quietHours: null,
  notify: { needsYou: 'loud', finished: 'loud', info: 'silent' },
  defaultProject: null,
  lastProject: null,
  mutedProjects: [],
  staleAfterMinutes: 30,
  queuedAfterMinutes: 60,
  runner: { kind: 'none', chat: null, bot: null },
  projectTopics: {},
  permissions: { presence: null, isLocked: false, holdSeconds: { claude: 540, codex: 50, proxy: 50 } },
}

let board: Board
beforeAll(async () => {
  board = await openBoard()
  await createProject(board.ctx, { key: 'WEB', name: 'Web' })
})
afterAll(() => board.close())
afterEach(() => board.db.delete(userSettings))

const store = (values: Record<string, string>) =>
  board.db
    .insert(userSettings)
    .values(Object.entries(values).map(([key, value]) => ({ ownerId: board.ownerId, key, value })))
const stored = async (key: string) =>
  (
    await board.db
      .select({ value: userSettings.value })
      .from(userSettings)
      .where(and(eq(userSettings.ownerId, board.ownerId), eq(userSettings.key, key)))
  )[0]?.value

describe('reading the settings', () => {
  test('fills in every default', async () => {
    expect(await readOwnerSettings(board.scope)).toEqual(defaults)
  })

  test('reads what is stored', async () => {
    await store({
      telegram_chat_id: '-1001234567890',
      telegram_thread_id: '7',
      telegram_user_id: '42',
      telegram_enabled: 'false',
      timezone: 'Europe/Berlin',
      digest_time: '07:30',
      digest_enabled: 'false',
      digest_last_date: '2026-11-23',
      quiet_hours: '22:00-07:00',
      notify_needs_you: 'silent',
      notify_finished: 'off',
      notify_info: 'loud',
      default_project: 'WEB',
      last_project: 'API',
      muted_projects: 'API,WEB',
      stale_after_minutes: '45',
      queued_after_minutes: '90',
      keep_events_days: '60',
      runner: 'hermes',
      runner_chat: '@runners',
      runner_bot: 'PreqHermesBot',
      project_topics: 'API:12,WEB:7',
      presence: 'away',
      locked: 'true',
      hold_claude: '5',
      hold_codex: '590',
      hold_proxy: '28',
    })

    expect(await readOwnerSettings(board.scope)).toEqual({
      chatId: -1001234567890,
      threadId: 7,
      userId: 42,
      enabled: false,
      timeZone: 'Europe/Berlin',
      timeZoneSet: true,
      digestTime: '07:30',
      digestEnabled: false,
      digestLastDate: '2026-11-23',
      quietHours: '22:00-07:00',
      notify: { needsYou: 'silent', finished: 'off', info: 'loud' },
      defaultProject: 'WEB',
      lastProject: 'API',
      mutedProjects: ['API', 'WEB'],
      staleAfterMinutes: 45,
      queuedAfterMinutes: 90,
      keepEventsDays: 60,
      runner: { kind: 'hermes', chat: '@runners', bot: 'PreqHermesBot' },
      projectTopics: { API: 12, WEB: 7 },
      permissions: { presence: 'away', isLocked: true, holdSeconds: { claude: 5, codex: 590, proxy: 28 } },
    })
  })

  test('uses the default for anything invalid', async () => {
    await store({
      telegram_chat_id: 'somewhere',
      telegram_user_id: '-3',
      telegram_enabled: 'yes',
      timezone: 'Mars/Olympus',
      digest_time: '25:00',
      quiet_hours: '22-7',
      notify_info: 'shout',
      default_project: 'not a key',
      stale_after_minutes: '0',
      queued_after_minutes: '1e3',
      runner: 'walker',
      runner_chat: 'over there',
      runner_bot: '@a b',
      project_topics: 'WEB',
      presence: 'somewhere',
      locked: '1',
      hold_claude: '591',
      hold_codex: '4',
      hold_proxy: '',
    })

    expect(await readOwnerSettings(board.scope)).toEqual(defaults)
  })
})

describe('changing settings', () => {
  test('stores them as text with one audit entry of both states and no event', async () => {
    await store({ quiet_hours: '23:00-06:00' })
    const changes = await recordChanges(board.db)

    const { auditId } = await changeSettings(board.ctx, {
      timeZone: 'europe/berlin',
      digestEnabled: false,
      quietHours: '22:00-07:00',
      mutedProjects: ['web', 'API', 'WEB'],
      staleAfterMinutes: 45,
      defaultProject: 'web',
    })

    expect(await readOwnerSettings(board.scope)).toEqual({
      ...defaults,
      timeZone: 'Europe/Berlin',
      timeZoneSet: true,
      digestEnabled: false,
      quietHours: '22:00-07:00',
      mutedProjects: ['API', 'WEB'],
      staleAfterMinutes: 45,
      defaultProject: 'WEB',
    })
    expect(await stored('digest_enabled')).toBe('false')
    expect(await changes()).toMatchObject({
      events: [],
      audit: [
        {
          id: auditId,
          action: 'setting.change',
          targetType: 'setting',
          meta: {
            before: { timeZone: null, digestEnabled: true, quietHours: '23:00-06:00', defaultProject: null },
            after: { timeZone: 'Europe/Berlin', digestEnabled: false, quietHours: '22:00-07:00' },
          },
        },
      ],
    })
  })

  test('can be undone with the audit entry’s previous state', async () => {
    await changeSettings(board.ctx, { digestTime: '08:00', notifyInfo: 'off' })
    const before = await readOwnerSettings(board.scope)
    const changes = await recordChanges(board.db)
    await changeSettings(board.ctx, { digestTime: '10:00', notifyInfo: 'loud', timeZone: 'Asia/Tokyo' })

    const [entry] = (await changes()).audit
    await changeSettings(board.ctx, entry?.meta?.before as SettingsPatch)

    expect(await readOwnerSettings(board.scope)).toEqual(before)
  })

  test('restores the default with null', async () => {
    await changeSettings(board.ctx, { quietHours: '22:00-07:00' })

    await changeSettings(board.ctx, { quietHours: null })

    expect(await stored('quiet_hours')).toBeUndefined()
  })

  test('writes nothing if the values are the same', async () => {
    await changeSettings(board.ctx, { timeZone: 'Europe/Berlin' })
    const changes = await recordChanges(board.db)

    const { auditId } = await changeSettings(board.ctx, {
      timeZone: 'EUROPE/BERLIN',
      digestTime: '09:00',
      mutedProjects: [],
      quietHours: null,
      enabled: undefined,
    })

    expect(auditId).toBeNull()
    expect(await changes()).toEqual(noChanges)
  })

  test('stores UTC as a choice if none was made', async () => {
    await changeSettings(board.ctx, { timeZone: 'UTC' })

    expect(await readOwnerSettings(board.scope)).toMatchObject({ timeZone: 'UTC', timeZoneSet: true })
  })

  test('records what the bot remembers separately from the owner’s changes', async () => {
    const changes = await recordChanges(board.db)

    await changeSettings(board.ctx, { lastProject: 'WEB', digestLastDate: '2026-11-24' })

    expect((await changes()).audit).toMatchObject([{ action: 'setting.remember' }])
  })

  test('tells the second of two concurrent writers of the same date that it was second', async () => {
    const changes = await Promise.all(
      [1, 2].map(() => changeSettings(board.ctx, { digestLastDate: '2026-11-25' })),
    )

    expect(changes.filter(({ auditId }) => auditId !== null)).toHaveLength(1)
  })

  test.each<[string, Record<string, unknown>]>([
    ['a zone that is none', { timeZone: 'Mars/Olympus' }],
    ['an offset for a zone', { timeZone: '+02:00' }],
    ['a time of day without its zero', { digestTime: '9:00' }],
    ['an hour that is none', { digestTime: '24:00' }],
    ['quiet hours without an end', { quietHours: '22:00' }],
    ['quiet hours of no length', { quietHours: '22:00-22:00' }],
    ['a level that is none', { notifyInfo: 'shout' }],
    ['no minutes at all', { staleAfterMinutes: 0 }],
    ['a wait that is too short', { holdClaude: 4 }],
    ['a wait longer than the hook', { holdCodex: 591 }],
    ['a place that is none', { presence: 'nearby' }],
    ['half a minute', { queuedAfterMinutes: 1.5 }],
    ['a date that is none', { digestLastDate: '2026-02-30' }],
    ['a muted project that can be none', { mutedProjects: ['not a key'] }],
    ['a name that is none', { volume: 11 }],
    ['the chat, which is bound and not set', { chatId: 1 }],
  ])('refuses %s and everything sent with it', async (_, patch) => {
    const changes = await recordChanges(board.db)

    await expect(changeSettings(board.ctx, { enabled: false, ...patch })).rejects.toMatchObject({
      code: 'invalid',
    })
    expect(await changes()).toEqual(noChanges)
    expect(await readOwnerSettings(board.scope)).toEqual(defaults)
  })

  test('throws not-found for a missing default project', async () => {
    const changes = await recordChanges(board.db)

    await expect(changeSettings(board.ctx, { defaultProject: 'NONE' })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await changes()).toEqual(noChanges)
  })
})
