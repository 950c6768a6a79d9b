/** Who acts: the owner in the chat, an agent with a token, or the process itself. */
export type Actor =
  | { readonly kind: 'owner' }
  | { readonly kind: 'agent'; readonly tokenId: string; readonly name: string }
  | { readonly kind: 'system' }

/** The actor as events and audit entries carry it: `owner`, `agent:<token name>`, `system`. */
export function toActorName(actor: Actor): string {
  return actor.kind === 'agent' ? `agent:${actor.name}` : actor.kind
}
