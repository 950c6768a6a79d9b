import { type VirtualUser, virtualUser } from '../../src/playground/client/virtual-user.ts'
import { openPlayground, type Playground, type PlaygroundOptions } from '../../src/playground/playground.ts'
import { botToken } from './bot.ts'
import { openProcessBoard, type ProcessBoard } from './process-board.ts'
import { freePort, intake } from './updates.ts'

/** A Telegram and a board for processes that are killed and started again. */
export interface ProcessWorld {
  readonly playground: Playground
  readonly user: VirtualUser
  readonly board: ProcessBoard
  /** The environment of each process, always with the same port. */
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

/** Opens the world of a file's processes, with updates as TEST_UPDATES says. */
export async function openProcessWorld(options: PlaygroundOptions = {}): Promise<ProcessWorld> {
  const way = await intake()
  const playground = await openPlayground({ botToken, ...way.playground, ...options })
  const user = virtualUser(playground.world)
  const board = await openProcessBoard(user)
  return {
    playground,
    user,
    board,
    env: {
      PORT: String(await freePort()),
      BOT_TOKEN: botToken,
      TELEGRAM_API_ROOT: playground.url,
      ...board.env,
      ...way.env,
    },
    close: async () => {
      await playground.close()
      await board.close()
    },
  }
}
