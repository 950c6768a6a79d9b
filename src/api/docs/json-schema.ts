/** The subset of JSON Schema that the API's document uses. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly allOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly not?: JsonSchema
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: string
  readonly description?: string
  readonly example?: unknown
}

export type Schemas = Readonly<Record<string, JsonSchema>>

/** Returns the name of the component that a `$ref` points to. */
export function componentOf($ref: string): string {
  return $ref.split('/').at(-1) ?? ''
}

/** Returns a schema's types; `null` counts as a type. */
export function typesOf({ type }: JsonSchema): readonly string[] {
  if (type === undefined) return []
  return typeof type === 'string' ? [type] : type
}
