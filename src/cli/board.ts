import { readdirSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Command, CommandError, runOnBoard } from '../app/commands.ts'
import { Answer, controlPath } from '../app/control-socket.ts'
import { openSecretKey, secretKeyPlaceOf } from '../app/secret-key.ts'
import type { Config } from '../config.ts'
import { listSnapshots } from '../db/embedded/snapshots.ts'
import { appliedMigration, isBehind } from '../db/migrations/migrations.ts'
import { openDatabase } from '../db/open.ts'
import type { DatabaseOptions, Db } from '../db/types.ts'
import { ensureOwner } from '../domain/core/owner.ts'
import { createTelegramApi } from '../telegram/client.ts'
import { describeFailure } from '../telegram/reach.ts'
import { readBotToken } from '../telegram/store/bot-token.ts'
import { createThrottle } from '../telegram/throttle.ts'

interface Place {
  readonly config: Config
  readonly database: DatabaseOptions
}

/**
 * Runs a command on the configured board: through the process that has its data folder open, otherwise directly on the database.
 * Postgres is always used directly because the bot may run on another machine. Throws `CommandError` if there is no board.
 */
export async function askBoard(command: Command, place: Place): Promise<string> {
  const { config } = place
  if (config.DATABASE_URL === undefined) {
    const answer = await askProcess(command, config.DATA_DIR)
    if (answer !== null) return answer
    requireBoard(config.DATA_DIR)
    if (command.name === 'link')
      throw new CommandError(
        `preqbot isn't running in ${config.DATA_DIR}. Run npm start: it prints a new link.`,
      )
  }
  return askDatabase(command, place)
}

/** Throws `CommandError` if the data folder has no board: a command must not create one. */
export function requireBoard(dataDir: string): void {
  if (!isEmpty(join(dataDir, 'pg')) || listSnapshots(dataDir).length > 0) return
  throw new CommandError(`There is no board in ${dataDir} yet. Run npm start first.`)
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0
  } catch (error) {
    // Any other error: treat the folder as non-empty; opening the database reports the cause.
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** Asks the running process; null if none is listening. */
async function askProcess(command: Command, dataDir: string): Promise<string | null> {
  const path = controlPath(dataDir)
  if (path === null) return null
  const socket = createConnection({ path, allowHalfOpen: true })
  try {
    socket.write(`${JSON.stringify(command)}\n`)
    const line = await text(socket)
    if (line === '') throw new CommandError('preqbot stopped before it answered. Try again.')
    const answer = Answer.parse(JSON.parse(line))
    if ('error' in answer) throw new CommandError(answer.error)
    return answer.text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return null
    if (code === 'EACCES' || code === 'EPERM')
      throw new CommandError(`${path} belongs to another user. Run this as the user who runs preqbot.`)
    throw error
  } finally {
    socket.destroy()
  }
}

async function askDatabase(command: Command, { config, database }: Place): Promise<string> {
  const { db, close } = await openDatabase({ ...database, migrate: false })
  try {
    const isBackup = command.name === 'backup'
    if ((await appliedMigration(db)) === '')
      throw new CommandError('There is no board in this database yet. Run npm start first.')
    if (!isBackup && (await isBehind(db)))
      throw new CommandError("The board's schema is older than this program. Run npm run migrate first.")
    const now = () => new Date()
    // A backup only reads and needs no owner.
    const ownerId = isBackup
      ? ''
      : (await ensureOwner(db, { email: config.OWNER_EMAIL, name: config.OWNER_NAME ?? null, now: now() })).id
    return await runOnBoard(command, {
      db,
      ownerId,
      now,
      agentUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
      secretKeyPlace: secretKeyPlaceOf(config.SECRET_KEY, config.DATA_DIR),
      botName: () => askBotName(db, ownerId, config),
    })
  } finally {
    await close()
  }
}

async function askBotName(db: Db, ownerId: string, config: Config): Promise<string> {
  const secretKey = openSecretKey(config.SECRET_KEY, config.DATA_DIR)
  const token = config.BOT_TOKEN ?? (await readBotToken({ db, ownerId }, secretKey))
  if (token === null)
    throw new CommandError(
      "There's no bot token. Without one, npm start opens the playground, which needs no link.",
    )
  const api = createTelegramApi({ token, apiRoot: config.TELEGRAM_API_ROOT, throttle: createThrottle() })
  try {
    return (await api.getMe()).username
  } catch (error) {
    throw new CommandError(`${describeFailure(error)}. Try again later.`, { cause: error })
  }
}
