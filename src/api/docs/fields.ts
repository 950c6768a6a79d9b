import { html } from 'hono/html'
import { componentOf, type JsonSchema, type Schemas, typesOf } from './json-schema.ts'
import { inlineMarkup, type Markup } from './markup.ts'

interface Field {
  readonly name: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

/** Lists the properties of an object schema, except those that a request must not send. */
export function schemaFields(schema: JsonSchema, schemas: Schemas): Field[] {
  const { properties = {}, required = [] } =
    schema.$ref === undefined ? schema : (schemas[componentOf(schema.$ref)] ?? {})
  return Object.entries(properties)
    .filter(([, { not }]) => not === undefined)
    .map(([name, inner]) => ({ name, schema: inner, isRequired: required.includes(name) }))
}

/** Renders fields as a list of name, type and description. */
export function renderFields(fields: readonly Field[], options: { readonly marksRequired: boolean }): Markup {
  return html`<dl>${fields.map(
    ({ name, schema, isRequired }) =>
      html`<div><dt><code>${name}</code>${
        options.marksRequired && isRequired ? html` <b class="required">required</b>` : ''
      }</dt><dd><span class="type">${renderType(schema)}</span>${
        schema.description === undefined ? '' : html` ${inlineMarkup(schema.description)}`
      }</dd></div>`,
  )}</dl>`
}

function renderType(schema: JsonSchema): Markup | string {
  if (schema.$ref !== undefined) {
    const name = componentOf(schema.$ref)
    return html`<a href="#schema-${name.toLowerCase()}">${name}</a>`
  }
  if (schema.enum !== undefined) {
    return html`${schema.enum.map((value, index) => [
      index === 0 ? '' : ' | ',
      value === null ? 'null' : html`<code>${JSON.stringify(value)}</code>`,
    ])}`
  }
  const [part] = schema.allOf ?? []
  if (part !== undefined) return renderType(part)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) {
    return html`${choices.map((choice, index) => [index === 0 ? '' : ' or ', renderType(choice)])}`
  }
  const types = typesOf(schema)
  const main = types.find((type) => type !== 'null')
  const orNull = main !== undefined && types.includes('null') ? ' or null' : ''
  if (main === 'array') {
    const limit = schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`
    return html`array of ${renderType(schema.items ?? {})}${limit}${orNull}`
  }
  if (main === 'object' && schema.properties !== undefined) {
    return html`object with ${Object.keys(schema.properties).map((name, index) => [
      index === 0 ? '' : ', ',
      html`<code>${name}</code>`,
    ])}${orNull}`
  }
  return `${main === undefined ? (types[0] ?? 'any value') : toWords(schema, main)}${orNull}`
}

function toWords(schema: JsonSchema, type: string): string {
  const { format, maxLength, minimum, maximum } = schema
  if (format === 'date-time') return 'time'
  if (format === 'uuid') return 'UUID'
  if (maxLength !== undefined) return `${type}, ${maxLength.toLocaleString('en')} characters at most`
  if (minimum === undefined) return type
  if (maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return `${type}, ${minimum} or more`
  return `${type}, ${minimum}–${maximum}`
}
