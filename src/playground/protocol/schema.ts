import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'

type Json = Readonly<Record<string, unknown>>

export interface Schema {
  /** Lists a call's schema violations with their paths; empty if it is valid. */
  readonly violations: (
    method: string,
    params: Json,
  ) => readonly { readonly path: string; readonly detail: string }[]
  readonly has: (method: string, param: string) => boolean
  readonly isRequired: (method: string, param: string) => boolean
  /** Converts a string from a query or a form to the parameter's type. */
  readonly coerce: (method: string, param: string, value: string) => unknown
}

interface MethodSchema {
  readonly properties: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
}

let loaded: Schema | undefined

/** Opens the schema of the methods' parameters; it is read and compiled once per process. */
export function openSchema(): Schema {
  loaded ??= createSchema(
    JSON.parse(readFileSync(new URL('../methods.schema.json', import.meta.url), 'utf8')),
  )
  return loaded
}

function createSchema(source: { readonly methods: Readonly<Record<string, MethodSchema>> }): Schema {
  const ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true })
  ajv.addKeyword({ keyword: 'x-min', type: 'string', validate: isLongEnough, errors: false })
  ajv.addKeyword({ keyword: 'x-maxChars', type: 'string', validate: hasFewCharacters, errors: false })
  ajv.addKeyword({ keyword: 'x-maxBytes', type: 'string', validate: hasFewBytes, errors: false })
  ajv.addSchema({ ...source, $id: 'bot-api' })
  const compiled = new Map<string, ValidateFunction>()

  return {
    violations: (method, params) => {
      const validate = compiled.get(method) ?? ajv.compile({ $ref: `bot-api#/methods/${method}` })
      compiled.set(method, validate)
      return validate(params) ? [] : summaryOf(validate.errors ?? [])
    },
    has: (method, param) => Object.hasOwn(source.methods[method]?.properties ?? {}, param),
    isRequired: (method, param) => source.methods[method]?.required?.includes(param) ?? false,
    coerce: (method, param, value) => coerced(source.methods[method]?.properties[param], value),
  }
}

function isLongEnough(min: number, value: string, parent?: object): boolean {
  return (parent && 'x-maxBytes' in parent ? Buffer.byteLength(value) : [...value].length) >= min
}

/** Limits that apply after entity parsing are checked by the parser. */
function hasFewCharacters(max: number, value: string, parent?: object): boolean {
  return (parent !== undefined && 'x-afterEntities' in parent) || [...value].length <= max
}

function hasFewBytes(max: number, value: string): boolean {
  return Buffer.byteLength(value) <= max
}

/** For a union, ajv reports every branch; the deepest error is the one that the caller meant. */
function summaryOf(errors: readonly ErrorObject[]): { path: string; detail: string }[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length
  const deepest = Math.max(...errors.map(depth))
  const notified = errors.filter(
    (error) => depth(error) === deepest || error.schemaPath.startsWith('#/additional'),
  )
  const lines = notified.map(({ instancePath, keyword, message, params, schema }) => {
    const extra = 'additionalProperty' in params ? ` (${params.additionalProperty})` : ''
    const reason = keyword.startsWith('x-') ? `breaks ${keyword} ${schema}` : `${message}${extra}`
    return { path: instancePath, detail: `${instancePath || 'parameters'} ${reason}` }
  })
  return [...new Map(lines.map((line) => [line.detail, line])).values()].slice(0, 4)
}

function coerced(schema: Json | undefined, value: string): unknown {
  const types = schema === undefined ? ['string'] : typesOf(schema)
  if (types.includes('number') && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value)
  if (types.includes('string')) return value
  if (types.includes('boolean')) return /^(?:true|yes|1)$/i.test(value)
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function typesOf(schema: Json): string[] {
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Json[]).flatMap(typesOf)
  if (Array.isArray(schema.enum)) return (schema.enum as unknown[]).map((value) => typeof value)
  if ('const' in schema) return [typeof schema.const]
  return [typeof schema.type === 'string' ? schema.type : 'object']
}
