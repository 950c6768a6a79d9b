import { z } from '@hono/zod-openapi'
import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { requireSameProject } from '../project-named.ts'
import type { Caller } from './caller.ts'
import { engine, projectKey } from './inputs.ts'

/** Other names of arguments that models and PREQSTATION's clients use, besides snake_case. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  taskId: ['task', 'taskKey'],
  reason: ['blockedReason'],
  branchName: ['branch'],
}

/** What PREQSTATION's CLI sends with every tool on a task, whether the tool needs it or not. */
const onTasks = { projectKey: projectKey.optional(), engine, clearRunState: z.boolean().optional() }

/**
 * A tool's input for models and strict clients: null and "" are left out, snake_case and known other names are taken as what they mean,
 * and an unknown argument is refused by name.
 */
export function toToolSchema(input: z.ZodObject): StandardSchemaWithJSON {
  const { shape } = input
  const known = 'taskId' in shape ? { ...onTasks, ...shape } : shape
  const names = Object.keys(shape).join(', ') || 'none'
  const strict = z.strictObject(known, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `There is no argument ${issue.keys.join(', ')}. Arguments: ${names}.`
        : undefined,
  })
  const published = input.strict()['~standard']
  return {
    '~standard': {
      version: 1,
      vendor: 'preqbot',
      validate: (given) => strict['~standard'].validate(toArguments(given, known)),
      jsonSchema: {
        input: (options) => toPlainSchema(published.jsonSchema.input(options)),
        output: (options) => toPlainSchema(published.jsonSchema.output(options)),
      },
    },
  }
}

/** The input of a tool without what only the CLI sends. Throws `invalid` where its project is not the task's, `not-found` without a task. */
export async function withoutExtras(
  { ctx }: Caller,
  tool: { readonly input: z.ZodObject },
  input: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  if (!('taskId' in tool.input.shape)) return { ...input }
  const { projectKey, clearRunState: _, ...rest } = input
  if (projectKey !== undefined)
    await requireSameProject(ctx, String(input.taskId), { projectKey: String(projectKey) })
  return rest
}

function toArguments(given: unknown, known: Readonly<Record<string, unknown>>): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  const meant: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === '') continue
    const argument = toName(name, known)
    if (argument !== name && argument in given) continue
    meant[argument] =
      argument === 'taskId' && typeof value === 'string' ? value.trim().replace(/^#/, '') : value
  }
  return meant
}

function toName(name: string, known: Readonly<Record<string, unknown>>): string {
  if (name in known) return name
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (camel in known) return camel
  const argument = Object.keys(spellings).find((key) => spellings[key]?.includes(camel))
  return argument !== undefined && argument in known ? argument : name
}

const left = new Set(['$schema', 'format', 'pattern'])

/** A schema that old clients load and models read: without dialect, formats and patterns, which the server checks, and with enum for const. */
function toPlainSchema(schema: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const kept = Object.entries(value).filter(([name]) => !left.has(name))
    return Object.fromEntries(
      kept.map(([name, part]) => (name === 'const' ? ['enum', [part]] : [name, part])),
    )
  })
}
