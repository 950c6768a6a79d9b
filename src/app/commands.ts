import { z } from 'zod'
import { backupToFile } from '../db/backup/backup-file.ts'
import { engines, tokenRights } from '../db/schema.ts'
import type { Db } from '../db/types.ts'
import { createToken } from '../domain/access/tokens.ts'
import { createCtx } from '../domain/core/context.ts'
import { dayMs } from '../domain/core/durations.ts'
import { readOwnerSettings } from '../domain/settings/settings.ts'
import { unbindChat } from '../telegram/store/chat-binding.ts'
import { createSetupCode } from '../telegram/store/setup-code.ts'
import { agentKinds, connectLines, engineOfAgent } from '../view/system/connect.ts'
import { toSetupLink } from './setup-link.ts'

/** A terminal command; a running process receives it over the control socket. */
export const Command = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('token'),
    tokenName: z.string(),
    engine: z.enum(engines).nullable(),
    rights: z.enum(tokenRights),
    projectKeys: z.array(z.string()).readonly().nullable(),
    days: z.int().min(1).max(3_650).nullable(),
  }),
  /** `path` is absolute: the running process may have another working directory. */
  z.object({ name: z.literal('backup'), path: z.string() }),
  z.object({ name: z.literal('link') }),
  z.object({ name: z.literal('unbind') }),
])
export type Command = z.output<typeof Command>

export interface CommandDeps {
  readonly db: Db
  readonly ownerId: string
  readonly now: () => Date
  /** The base URL of `/api` and `/mcp`. */
  readonly agentUrl: string
  /** Where the secret key is stored: a restore needs it and a backup doesn't include it. */
  readonly secretKeyPlace: string
  /** Returns the bot's username. Throws `CommandError` if it isn't known. */
  readonly botName: () => Promise<string>
  /** Set in the playground, which needs no setup link. */
  readonly playgroundUrl?: string | undefined
}

/** A command failed; the message says why and what to do. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandError'
  }
}

/** Runs a command and returns what the terminal prints. Throws `CommandError` and `DomainError`. */
export async function runOnBoard(command: Command, deps: CommandDeps): Promise<string> {
  switch (command.name) {
    case 'token':
      return makeToken(command, deps)
    case 'backup':
      return backUp(command.path, deps)
    case 'link':
      return makeLink(deps)
    case 'unbind':
      return unbind(deps)
  }
}

async function makeToken(
  { tokenName, engine, rights, projectKeys, days }: Extract<Command, { name: 'token' }>,
  { db, ownerId, now, agentUrl }: CommandDeps,
): Promise<string> {
  const at = now()
  const expiresAt = days === null ? null : new Date(at.getTime() + days * dayMs)
  const ctx = createCtx({ db, ownerId, actor: { kind: 'system' }, now: () => at })
  const { token } = await createToken(ctx, { name: tokenName, engine, rights, projectKeys, expiresAt })
  const validity = expiresAt === null ? 'never expires' : `expires at ${expiresAt.toISOString()}`
  const kinds = agentKinds.filter((kind) => engine === null || engineOfAgent(kind) === engine)
  const lines = kinds.map((kind) => {
    const { now, forGood } = connectLines(kind, { url: agentUrl, token })
    return [`# ${kind}\n${now}`, ...(forGood === null ? [] : [`# ${kind}, for good\n${forGood}`])].join(
      '\n\n',
    )
  })
  return [
    token,
    `The token "${tokenName}" ${validity}. Save it now: it can't be shown again.`,
    ...lines,
  ].join('\n\n')
}

async function backUp(path: string, { db, now, secretKeyPlace }: CommandDeps): Promise<string> {
  const counts = await backupToFile(db, path, { now: now() }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined || error.path === undefined) throw error
    throw new CommandError(`Can't write ${path} (${error.code}). Give another file.`, { cause: error })
  })
  return `${path}: ${toCounts(counts)}. Keep ${secretKeyPlace} with it: the bot's token in it is encrypted with that.`
}

/** Summarizes how many rows were backed up, restored or moved. */
export function toCounts(counts: Readonly<Record<string, number>>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return `${total} rows, including ${counts.tasks ?? 0} tasks`
}

async function makeLink({ db, ownerId, now, botName, playgroundUrl }: CommandDeps): Promise<string> {
  const { userId } = await readOwnerSettings({ db, ownerId })
  if (userId !== null)
    throw new CommandError(`This bot already belongs to Telegram user ${userId}. Run npm run unbind first.`)
  if (playgroundUrl !== undefined)
    throw new CommandError(`The playground needs no link. Open ${playgroundUrl} and press Start.`)
  const link = toSetupLink(await botName(), await createSetupCode(db, now()))
  return `${link}\n\nIt works once, within an hour, and makes the person who opens it the owner. Earlier links no longer work.`
}

async function unbind({ db, ownerId, now, playgroundUrl }: CommandDeps): Promise<string> {
  const was = await unbindChat(createCtx({ db, ownerId, actor: { kind: 'system' }, now }))
  const next =
    playgroundUrl === undefined
      ? 'Make a setup link with: npm run link'
      : `Open ${playgroundUrl} and press Start.`
  return `${was ? 'The bot no longer has an owner.' : "The bot doesn't have an owner yet."} ${next}`
}
