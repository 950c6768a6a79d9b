import { componentOf, type JsonSchema, type Schemas, typesOf } from './json-schema.ts'
import { values } from './sample-values.ts'

/** The component and property that a value belongs to. */
interface Place {
  readonly owner?: string | undefined
  readonly name?: string | undefined
}

const uuid = '0199d5c2-7b1e-7c3a-9f40-2d8e6a51b7c3'
const defaults: Readonly<Record<string, unknown>> = { string: 'text', boolean: true, null: null, object: {} }

/**
 * Builds a value that fits a schema: a known value for the property, otherwise the schema's example, otherwise a generated one.
 * With `onlyRequired`, optional properties are left out.
 */
export function sampleOf(
  schema: JsonSchema,
  schemas: Schemas,
  options: { readonly onlyRequired: boolean },
  place: Place = {},
): unknown {
  const sample = (inner: JsonSchema, at: Place) => sampleOf(inner, schemas, options, at)
  if (schema.$ref !== undefined) {
    const owner = componentOf(schema.$ref)
    return sample(schemas[owner] ?? {}, { ...place, owner })
  }
  const known = knownValue(schema, place)
  if (known !== undefined) return known
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.allOf !== undefined) return mergeSamples(schema.allOf.map((part) => sample(part, place)))
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice !== undefined) return sample(choice, place)
  if (schema.properties !== undefined) {
    const shown = Object.entries(schema.properties).filter(
      ([name, { not }]) => not === undefined && (!options.onlyRequired || schema.required?.includes(name)),
    )
    return Object.fromEntries(
      shown.map(([name, inner]) => [name, sample(inner, { owner: place.owner, name })]),
    )
  }
  const [type = 'object'] = typesOf(schema)
  switch (type) {
    case 'array':
      return schema.maxItems === 0 || schema.items === undefined ? [] : [sample(schema.items, place)]
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'string':
      return schema.format === 'uuid' ? uuid : defaults.string
    default:
      return defaults[type] ?? null
  }
}

// In an `allOf`, a part without a type only adds a description; its sample is an empty object.
function mergeSamples(samples: readonly unknown[]): unknown {
  const [plain] = samples.filter(
    (value) => typeof value !== 'object' || value === null || Array.isArray(value),
  )
  return plain === undefined ? Object.assign({}, ...samples) : plain
}

function knownValue(schema: JsonSchema, { owner, name }: Place): unknown {
  if (name === undefined) return undefined
  return [values[`${owner}.${name}`], values[name]].find(
    (value) => value !== undefined && fits(value, schema),
  )
}

function fits(value: unknown, schema: JsonSchema): boolean {
  if (schema.enum !== undefined) return schema.enum.includes(value)
  if (schema.const !== undefined) return schema.const === value
  if (schema.properties !== undefined) return false
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const types = typesOf(schema)
  if (types.length === 0) return schema.anyOf === undefined && schema.oneOf === undefined
  if (schema.maxItems === 0) return false
  return types.includes(type) || (type === 'number' && types.includes('integer') && Number.isInteger(value))
}
