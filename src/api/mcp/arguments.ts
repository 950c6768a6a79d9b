import { z } from '@hono/zod-openapi'
import { DomainError } from '../../domain/core/errors.ts'
import type { Engine } from '../../domain/core/task-values.ts'
import type { Artifact } from '../../domain/tasks/schemas.ts'
import { engine, idempotencyKey, projectKey } from './inputs.ts'

/** Aliases of arguments that models and PREQSTATION's clients use, besides snake_case. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  taskId: ['task', 'taskKey'],
  reason: ['blockedReason'],
  branchName: ['branch'],
}

// PREQSTATION's CLI sends these with every task tool, needed or not.
const onTasks = { projectKey: projectKey.optional(), engine, clearRunState: z.boolean().optional() }

/** Arguments that tools accept but don't list. */
export interface Extras {
  /** On task tools; must be the task's project. */
  readonly projectKey?: string
  readonly engine?: Engine
  /** On tools that write. */
  readonly idempotencyKey?: string
  /** On tools that declare it as `unlisted`. */
  readonly artifacts?: Artifact[]
}

const ids = new Set(['taskId', 'resume', 'commentId'])

/**
 * Builds the parser of a tool's arguments. Null counts as omitted, and so does "" unless the argument is required; snake_case
 * and known aliases are accepted. Throws `invalid` that lists up to five problems, unknown arguments by name.
 */
export function createReader(tool: {
  readonly input: z.ZodObject
  readonly kind: 'read' | 'write' | 'delete'
  readonly unlisted?: z.ZodRawShape
}): (given: unknown) => Record<string, unknown> & Extras {
  const { shape } = tool.input
  const known: Readonly<Record<string, z.ZodType>> = {
    ...('taskId' in shape ? onTasks : {}),
    ...(tool.kind === 'read' ? {} : { idempotencyKey }),
    ...(tool.unlisted as Record<string, z.ZodType> | undefined),
    ...(shape as Record<string, z.ZodType>),
  }
  const names = Object.keys(shape).join(', ') || 'none'
  const strict = z.strictObject(known, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `There is no argument ${issue.keys.join(', ')}. Arguments: ${names}.`
        : undefined,
  })
  const required = new Set(
    Object.keys(known).filter((name) => known[name]?.safeParse(undefined).success === false),
  )
  return (given) => {
    const read = strict.safeParse(toArguments(given ?? {}, known, required))
    if (!read.success) throw new DomainError('invalid', read.error.issues.slice(0, 5).map(faultOf).join(' '))
    return read.data
  }
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  if (path.length === 0) return message
  return `${path.join('.')}: ${message.replace(/\.?$/, '.')}`
}

function toArguments(
  given: unknown,
  known: Readonly<Record<string, unknown>>,
  required: ReadonlySet<string>,
): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  const meant: Record<string, unknown> = {}
  const isGiven = (name: string, value: unknown) => value !== null && (value !== '' || required.has(name))
  for (const [name, value] of Object.entries(given)) {
    const argument = toName(name, known)
    const isDouble = argument !== name && isGiven(argument, Object(given)[argument] ?? null)
    if (isDouble || !isGiven(argument, value)) continue
    meant[argument] =
      ids.has(argument) && typeof value === 'string'
        ? value.trim().replace(/^#/, '').trim()
        : withoutEmptyParts(value)
  }
  return meant
}

// Also inside arrays, e.g. an artifact with an empty URL.
function withoutEmptyParts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutEmptyParts)
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null && part !== ''))
}

function toName(name: string, known: Readonly<Record<string, unknown>>): string {
  if (name in known) return name
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (camel in known) return camel
  const argument = Object.keys(aliases).find((key) => aliases[key]?.includes(camel))
  return argument !== undefined && argument in known ? argument : name
}

const omittedKeywords = new Set([
  '$schema',
  'format',
  'pattern',
  'maxLength',
  'minLength',
  'minItems',
  'minimum',
  'maximum',
])

/**
 * Converts a schema for `tools/list`: no dialect, no keywords that only the server checks, the plain form of what may be text or
 * an object, and `enum` for `const`, which old clients can't load.
 */
export function toPlainSchema(input: z.ZodObject): Record<string, unknown> & { readonly type: 'object' } {
  const schema = z.toJSONSchema(input.strict(), { io: 'input' })
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    const kept = Object.entries(withoutVariants(value)).filter(([name]) => !omittedKeywords.has(name))
    return Object.fromEntries(
      kept.map(([name, part]) => (name === 'const' ? ['enum', [part]] : [name, part])),
    )
  })
}

function withoutVariants(schema: object): object {
  if (!('anyOf' in schema) || !Array.isArray(schema.anyOf)) return schema
  const { anyOf, ...rest } = schema
  const plain: unknown = anyOf.find(({ type }) => type === 'string')
  return plain === undefined ? schema : { ...rest, ...(plain as object) }
}
