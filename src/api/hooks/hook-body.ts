import { z } from '@hono/zod-openapi'
import { AsciiName } from '../../domain/core/text.ts'

/** What every hook sends. Agents add fields and events with every version: unknown ones are ignored. */
export const HookBody = z
  .looseObject({
    session_id: AsciiName,
    hook_event_name: z.string(),
    cwd: z.string().nullish().openapi({ description: 'The folder of the session' }),
    agent_id: z.string().nullish().openapi({ description: 'The subagent; absent for the main agent' }),
  })
  .openapi('Hook')
export type HookBody = z.infer<typeof HookBody>
