/** The agents that have a plugin. */
export const pluginNames = ['claude', 'codex', 'gemini'] as const
export type PluginName = (typeof pluginNames)[number]

/** A file's content by its path in the archive. */
export type Files = Readonly<Record<string, string>>

/** The environment variable that holds the token. */
export const tokenVariable = 'PREQBOT_TOKEN'

/** What all plugins call themselves. */
export const identity = {
  name: 'preqbot',
  version: '1.0.0',
  description: 'Claim tasks from the preqbot board, ask its owner, and hand in results',
}

// Longer than the server holds a request for a permission, and long enough for any other event.
export const maxPermissionSeconds = 600
export const maxEventSeconds = 10
export const maxCallMs = 600_000

/** Renders JSON as a file. */
export function jsonFile(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
