import type { Message } from 'grammy/types'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeSettings } from '../../src/domain/settings/settings.ts'
import { openApi, type TestApi } from '../support/api.ts'
import { lostFrom } from '../support/lost-words.ts'
import { giants, samples } from '../support/markdown-samples.ts'
import { type NotifierHarness, openNotifier } from '../support/notifier.ts'

const all = [...samples, ...giants]

let notifier: NotifierHarness
let api: TestApi
beforeAll(async () => {
  notifier = await openNotifier()
  api = await openApi({}, notifier.board)
  await changeSettings(notifier.board.ctx, { notifyInfo: 'loud' })
})
afterAll(() => notifier.close())

/** Sends a request about a new task and returns everything the bot has sent since. */
async function arrived(body: (markdown: string) => object, markdown: string): Promise<readonly Message[]> {
  const key = await api.task({ status: 'todo' })
  const before = new Set(notifier.user.messages().map(({ message_id }) => message_id))
  const answer = await api.call('PATCH', `/api/tasks/${key}`, { body: body(markdown) })
  expect(answer.status, answer.text).toBe(200)
  await notifier.run(3)
  return notifier.user.messages().filter(({ message_id }) => !before.has(message_id))
}

/** Returns the text, URLs and files of messages. */
function shownIn(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => {
    const file = notifier.telegram.world.files.get(message.document?.file_id ?? '')
    const entities = [...(message.entities ?? []), ...(message.caption_entities ?? [])]
    return [
      message.text ?? message.caption ?? '',
      ...entities.flatMap((entity) =>
        'url' in entity ? entity.url : 'language' in entity ? (entity.language ?? '') : [],
      ),
      ...(file === undefined ? [] : [Buffer.from(file.bytes).toString()]),
    ]
  })
}

const few = all.filter((_, index) => index % 10 === 0 || index >= samples.length)

const ways = [
  ['a result', (summary: string) => ({ lifecycle_action: 'complete', result: { summary } }), all],
  ['a reason', (reason: string) => ({ lifecycle_action: 'block', result: { reason } }), few],
  [
    'a plan',
    (summary: string) => ({ lifecycle_action: 'plan', planMarkdown: 'See below.', result: { summary } }),
    few,
  ],
] as const
const maxLength = { 'a result': 70_000, 'a reason': 10_000, 'a plan': 70_000 } as const

describe.each(ways)('as %s', (way, body, written) => {
  const sent = written.filter(([, markdown]) => [...markdown].length <= maxLength[way])

  test.each(sent)('%s arrives with every word on the first try', async (_, markdown) => {
    const messages = await arrived(body, markdown)

    expect(messages.filter(({ document }) => document === undefined)).toHaveLength(1)
    expect(messages.length).toBeLessThanOrEqual(2)
    expect(lostFrom(markdown, shownIn(messages))).toEqual([])
    expect(notifier.telegram.world.violations).toEqual([])
  })
})
