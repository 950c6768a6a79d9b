import type { Engine, TokenRights } from '../../db/schema.ts'

/** What the token of one run may be used for: the run's task, and new tasks in its project. */
export interface RunScope {
  readonly id: string
  readonly taskId: string
  readonly taskKey: string
  readonly projectKey: string
  readonly engine: Engine | null
}

/** Who acts: the owner in the chat, an agent with a token, or the process itself. */
export type Actor =
  | { readonly kind: 'owner' }
  | {
      readonly kind: 'agent'
      readonly tokenId: string
      readonly name: string
      /** The engine that acts: named by the request, by the token, or by the client's name. */
      readonly engine?: Engine | null
      /** The session that acts, if the client names one: two sessions of a token are two agents. */
      readonly session?: string | null
      /** Absent: everything is allowed. */
      readonly rights?: TokenRights
      /** The keys of the projects it may see and change; null or absent means all. */
      readonly projectKeys?: readonly string[] | null
      /** The only run that it may work on; absent for an ordinary token. */
      readonly run?: RunScope
    }
  | { readonly kind: 'system' }

/** Returns an agent's idempotency key as it is stored. The runs of one token don't share keys. */
export function keyOf({ run }: { readonly run?: RunScope | null | undefined }, key: string): string {
  return run ? `${run.id} ${key}` : key
}

/** Returns the engine that acts; null for the owner, the system and an agent without a known engine. */
export function engineOfActor(actor: Actor): Engine | null {
  return actor.kind === 'agent' ? (actor.engine ?? null) : null
}

/** Returns the actor's name in events and audit entries: `owner`, `agent:<token name>` or `system`. */
export function toActorName(actor: Actor): string {
  return actor.kind === 'agent' ? `agent:${actor.name}` : actor.kind
}
