import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { at, createdAt, id, oneOf, updatedAt } from './columns.ts'
import {
  type Engine,
  engines,
  type TokenChannel,
  type TokenRights,
  tokenChannels,
  tokenRights,
} from './values.ts'

export const users = pgTable(
  'users',
  {
    id: id(),
    email: text('email').notNull().unique(),
    name: text('name'),
    isOwner: boolean('is_owner').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('users_one_owner').on(t.isOwner).where(sql`${t.isOwner}`),
    check('users_email_lower_case', sql`${t.email} = lower(${t.email})`),
  ],
)

/** The owner of a row; deleting the owner deletes their rows. */
export const ownerId = () =>
  uuid('owner_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const apiTokens = pgTable(
  'api_tokens',
  {
    id: id(),
    ownerId: ownerId(),
    name: text('name').notNull(),
    tokenPrefix: text('token_prefix').notNull(),
    tokenHash: text('token_hash').notNull().unique(),
    lastUsedAt: at('last_used_at'),
    expiresAt: at('expires_at'),
    revokedAt: at('revoked_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index('api_tokens_owner_revoked').on(t.ownerId, t.revokedAt)],
)

/** What a token grants. A token without a row predates rights and may do everything. */
export const tokenGrants = pgTable(
  'token_grants',
  {
    tokenId: uuid('token_id')
      .primaryKey()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    /** The engine that uses it. */
    engine: text('engine').$type<Engine>(),
    rights: text('rights').$type<TokenRights>().notNull().default('full'),
    /** The keys of the projects it can use; null means all. */
    projectKeys: jsonb('project_keys').$type<readonly string[]>(),
    createdAt: createdAt(),
  },
  (t) => [
    check('token_grants_engine', oneOf(t.engine, engines)),
    check('token_grants_rights', oneOf(t.rights, tokenRights)),
  ],
)

/** When a token was last used over a channel, to the minute. */
export const tokenUses = pgTable(
  'token_uses',
  {
    tokenId: uuid('token_id')
      .notNull()
      .references(() => apiTokens.id, { onDelete: 'cascade' }),
    channel: text('channel').$type<TokenChannel>().notNull(),
    usedAt: at('used_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tokenId, t.channel] }),
    check('token_uses_channel', oneOf(t.channel, tokenChannels)),
  ],
)

/** A token that tried to delete more tasks than its limit allows. */
export const deletionLimits = pgTable('deletion_limits', {
  tokenId: uuid('token_id')
    .primaryKey()
    .references(() => apiTokens.id, { onDelete: 'cascade' }),
  /** When it reached the limit. The owner is asked about it once. */
  reachedAt: at('reached_at').notNull(),
  askedAt: at('asked_at'),
  /** The owner lets it delete without a limit until then. */
  allowedUntil: at('allowed_until'),
})

export const securityEvents = pgTable(
  'security_events',
  {
    id: id(),
    ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'set null' }),
    actorEmail: text('actor_email'),
    eventType: text('event_type').notNull(),
    outcome: text('outcome').$type<'success' | 'failure'>().notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    path: text('path'),
    detail: jsonb('detail').$type<Record<string, unknown>>(),
    createdAt: createdAt(),
  },
  (t) => [
    index('security_events_owner').on(t.ownerId, t.createdAt.desc().nullsFirst()),
    check('security_events_outcome', oneOf(t.outcome, ['success', 'failure'])),
  ],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    tokenId: uuid('token_id').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    status: integer('status').notNull(),
    body: jsonb('body').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tokenId, t.key] }),
    foreignKey({ columns: [t.tokenId], foreignColumns: [apiTokens.id] }).onDelete('cascade'),
    index('idempotency_keys_age').on(t.createdAt),
  ],
)

export type TokenRow = typeof apiTokens.$inferSelect
