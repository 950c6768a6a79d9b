import { runCommand, UsageError } from './command.ts'
import { FolderInUseError } from './db/folder-lock.ts'
import { openDatabase } from './db/open.ts'
import { createCtx } from './domain/context.ts'
import { ensureOwner } from './domain/ensure-owner.ts'
import { createToken } from './domain/tokens.ts'
import { agentKinds, connectLines } from './view/connect.ts'

const dayMs = 24 * 60 * 60 * 1_000

await runCommand(
  'npm run token -- NAME [--days N]',
  { days: { type: 'string' } },
  async ({ values, names, config, database }) => {
    const [name] = names
    if (name === undefined || names.length > 1) throw new UsageError('One name is needed, such as laptop.')
    const now = new Date()
    const expiresAt = values.days === undefined ? null : new Date(now.getTime() + toDays(values.days) * dayMs)
    const { db, close } = await openDatabase(database).catch(explainInUse)
    try {
      const owner = await ensureOwner(db, { email: config.OWNER_EMAIL, name: config.OWNER_NAME ?? null, now })
      const ctx = createCtx({ db, ownerId: owner.id, actor: { kind: 'system' }, now: () => now })
      const { token } = await createToken(ctx, { name, expiresAt })
      const url = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`
      const until = expiresAt === null ? 'until it is revoked' : `until ${expiresAt.toISOString()}`
      const lines = agentKinds.map((kind) => `# ${kind}\n${connectLines(kind, { url, token })}`)
      return `${token}\n\nThe token "${name}" is valid ${until}. It is shown this once.\n\n${lines.join('\n\n')}`
    } finally {
      await close()
    }
  },
)

function toDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new UsageError('--days takes a whole number from 1 to 3650.')
  return days
}

function explainInUse(error: unknown): never {
  if (!(error instanceof FolderInUseError)) throw error
  throw new FolderInUseError(
    error.dataDir,
    error.holder,
    error.mayBeGone,
    'Make the token in the chat with /agents instead.',
  )
}
