import { z } from '@hono/zod-openapi'

// Agents add fields and events with every version: unknown ones are ignored.
export const HookName = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')

/** What every hook sends. */
export const HookBody = z
  .looseObject({
    session_id: HookName,
    hook_event_name: z.string(),
    cwd: z.string().nullish().openapi({ description: 'The folder of the session' }),
    agent_id: z.string().nullish().openapi({ description: 'The subagent; absent for the main agent' }),
  })
  .openapi('Hook')
export type HookBody = z.infer<typeof HookBody>
