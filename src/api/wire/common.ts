import { z } from '@hono/zod-openapi'
import { type Engine, engines } from '../../domain/core/task-values.ts'

/** The body of every error response. */
export const ErrorJson = z
  .object({
    error: z.string(),
    issues: z
      .array(
        z.looseObject({
          path: z.union([z.string(), z.array(z.union([z.string(), z.number()]))]),
          message: z.string(),
        }),
      )
      .optional(),
    request_id: z.string().optional(),
  })
  .openapi('Error')

export const LabelJson = z.object({ name: z.string(), color: z.string() }).openapi('Label')
export type LabelJson = z.infer<typeof LabelJson>

/** ISO 8601 in UTC with milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 }).openapi({ example: '2026-11-24T09:00:00.000Z' })

const shortNames = ['claude', 'gemini'] as const
const fullNames: Readonly<Record<string, Engine>> = { claude: 'claude-code', gemini: 'gemini-cli' }

/** An engine by its full or short name. */
export const EngineInput = z
  .enum([...engines, ...shortNames])
  .transform((name) => engines.find((engine) => engine === name) ?? (fullNames[name] as Engine))

/** A task reference: a key in any case, or a UUID. */
export const TaskReference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/)
  .openapi({ description: 'A task key in any case, or a UUID', example: 'WEB-12' })

export const ProjectKeyInput = z
  .string()
  .trim()
  .regex(/^[A-Za-z][A-Za-z0-9]{1,9}$/)
  .openapi({ example: 'WEB' })
