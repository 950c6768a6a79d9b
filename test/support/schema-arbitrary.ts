import fc from 'fast-check'

/** The subset of JSON Schema that the API's document uses. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly not?: JsonSchema
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly format?: string
}

export interface Source {
  readonly find: (ref: string) => JsonSchema
  /** Values for properties that must refer to something that exists, e.g. a project's repository. */
  readonly known: Readonly<Record<string, fc.Arbitrary<unknown>>>
  /** How many of ten values at every depth are invalid. */
  readonly junk: number
}

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'x'.repeat(60_000), '🦊'.repeat(200)),
)
const junk = fc.oneof(nasty, fc.jsonValue({ maxDepth: 3 }), fc.array(nasty, { maxLength: 60 }))
const clean = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => `a${text}`),
  fc.constantFrom('- [ ] a\n- [x] b', '## Acceptance Criteria', '```\n- [ ] code', '🦊🦊', 'PROJ-1', "'; --"),
)

/** Generates values for a schema, a share of them invalid as the source says. */
export function valueFor(schema: JsonSchema, source: Source): fc.Arbitrary<unknown> {
  const fits = fitting(schema, source)
  return source.junk === 0
    ? fits
    : fc.oneof({ weight: 10 - source.junk, arbitrary: fits }, { weight: source.junk, arbitrary: junk })
}

function fitting(schema: JsonSchema, source: Source): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fitting(source.find(schema.$ref), source)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((option) => fitting(option, source)))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'string':
      return text(schema)
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 100, 100) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valueFor(schema.items ?? {}, source), { maxLength: 5 })
    case 'object':
      return object(schema, source)
    default:
      return junk
  }
}

function text(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.pattern !== undefined) {
    return fc.oneof(fc.constant('PROJ'), fc.stringMatching(new RegExp(schema.pattern)))
  }
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.format === 'date-time') {
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((at) => at.toISOString())
  }
  return clean
}

function object(schema: JsonSchema, source: Source): fc.Arbitrary<unknown> {
  const extra = fc.dictionary(fc.string({ maxLength: 10 }), source.junk === 0 ? clean : junk, { maxKeys: 2 })
  if (typeof schema.additionalProperties === 'object') return extra
  const properties = Object.entries(schema.properties ?? {}).filter(
    ([, property]) => property.not === undefined,
  )
  const record = fc.record(
    Object.fromEntries(
      properties.map(([name, property]) => [name, source.known[name] ?? valueFor(property, source)]),
    ),
    { requiredKeys: [...(schema.required ?? [])] },
  )
  if (source.junk === 0) return record
  return fc.tuple(record, extra).map(([own, more]) => ({ ...more, ...own }))
}
