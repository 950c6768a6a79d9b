import { asc } from 'drizzle-orm'
import type { ProjectRow } from '../../src/db/schema.ts'
import type { Ctx, Store } from '../../src/domain/core/context.ts'
import { type Log, openLog } from '../../src/log.ts'
import { decide } from '../../src/notifier/decide.ts'
import { createDelivery, type Delivery } from '../../src/notifier/deliver.ts'
import { recover } from '../../src/notifier/notifier.ts'
import { renderPng } from '../../src/pictures/render-png.ts'
import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground } from '../../src/playground/playground.ts'
import { addSupergroup } from '../../src/playground/world/world.ts'
import { createTelegramApi, type TelegramOptions } from '../../src/telegram/client.ts'
import { bindChat } from '../../src/telegram/store/chat-binding.ts'
import { savePause } from '../../src/telegram/store/pauses.ts'
import { type ChatId, createThrottle, type Throttle } from '../../src/telegram/throttle.ts'
import { agent, type Board, openBoard } from './board.ts'
import { addProject } from './tasks.ts'

/** The notifier with its own Telegram and a clock that is moved by hand. */
export interface NotifierHarness {
  readonly board: Board
  readonly project: ProjectRow
  readonly agent: Ctx
  readonly user: VirtualUser
  readonly telegram: Playground
  readonly lines: readonly string[]
  readonly log: Log
  readonly outcomes: readonly string[]
  readonly delivery: () => Delivery
  /** The process's Telegram client. */
  readonly client: () => TelegramOptions
  /** Decides on all new events. */
  readonly decide: () => Promise<void>
  /** Decides on all new events and delivers one message; returns how long there is nothing to do. */
  readonly step: () => Promise<number>
  /** Decides on all new events and delivers what is due, advancing the clock by up to this many seconds while idle. */
  readonly run: (seconds?: number) => Promise<void>
  /** Another process on the same board, over its own connection. */
  readonly other: (store: Store) => Pick<NotifierHarness, 'decide' | 'step'>
  /** Simulates a new process: only the database remains. */
  readonly restart: () => Promise<void>
  /** All message rows, oldest first. */
  readonly rows: () => Promise<typeof import('../../src/db/schema.ts').botMessages.$inferSelect[]>
  /** The bot's messages as plain text, oldest first. */
  readonly sentTexts: () => string[]
  /** Discards logs, delivery outcomes and chat events, to save memory. */
  readonly clear: () => void
  readonly close: () => Promise<void>
}

export async function openNotifier(
  options: {
    readonly bound?: boolean
    /** The owner's chat is a group with topics. */
    readonly inGroup?: true
    readonly renderPng?: typeof renderPng
  } = {},
): Promise<NotifierHarness> {
  const board = await openBoard()
  const telegram = await openPlayground({ clock: board.clock.now })
  const { world } = telegram
  const members = [world.owner.user.id]
  const group = options.inGroup ? addSupergroup(world, { title: 'Board', members, topics: true }) : null
  const user = virtualUser(world, group === null ? {} : { chatId: group.chat.id })
  const lines: string[] = []
  const log = openLog({ level: 'debug', write: (line) => void lines.push(line) })
  const project = await addProject(board)
  const outcomes: string[] = []
  let throttle: Throttle
  const client = () => ({
    token: telegram.token,
    apiRoot: telegram.url,
    throttle,
    onPause: (ms: number, chatId: ChatId | undefined) =>
      savePause(board.db, { chatId, ms }, board.clock.now()),
  })
  const begin = (store: Store = board.db) => {
    throttle = createThrottle({ now: board.clock.elapsed, sleep: async (ms) => board.clock.advance({ ms }) })
    const api = createTelegramApi(client())
    const onDelivery = (outcome: string) => void outcomes.push(outcome)
    return createDelivery({
      store,
      ownerId: board.ownerId,
      now: board.clock.now,
      api,
      throttle,
      log,
      renderPng: options.renderPng ?? renderPng,
      onDelivery,
    })
  }
  let delivery = begin()
  const decideAll = async (store: Store = board.db) => {
    while ((await decide({ store, ownerId: board.ownerId, now: board.clock.now })) !== null) {}
  }
  // The first read starts at the newest event.
  await decideAll()
  if (options.bound ?? true) await bindChat(board.ctx, { chatId: user.chatId, userId: user.userId })
  const { signal } = new AbortController()
  const step = async () => {
    await decideAll()
    return delivery.step(signal)
  }
  return {
    board,
    project,
    agent: board.as(agent),
    user,
    telegram,
    lines,
    log,
    outcomes,
    delivery: () => delivery,
    client,
    decide: () => decideAll(),
    step,
    other: (store) => {
      const another = begin(store)
      const decide = () => decideAll(store)
      return {
        decide,
        step: async () => {
          await decide()
          return another.step(signal)
        },
      }
    },
    run: async (seconds = 0) => {
      const end = board.clock.now().getTime() + seconds * 1_000
      for (;;) {
        const waitMs = await step()
        if (waitMs === 0) continue
        const left = end - board.clock.now().getTime()
        if (left <= 0) return
        board.clock.advance({ ms: Math.min(waitMs, left) })
      }
    },
    restart: async () => {
      delivery = begin()
      await recover({ store: board.db, throttle, now: board.clock.now })
    },
    rows: () => board.db.query.botMessages.findMany({ orderBy: (row) => asc(row.id) }),
    sentTexts: () =>
      user
        .messages()
        .filter((message) => message.from?.is_bot)
        .map((message) => message.text ?? message.caption ?? ''),
    clear: () => {
      lines.length = 0
      outcomes.length = 0
      user.mark()
    },
    close: async () => {
      await telegram.close()
      await board.close()
    },
  }
}
