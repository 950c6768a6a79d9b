import { createHash } from 'node:crypto'

/** Encodes a button's payload as callback data of at most 64 bytes, and decodes it. */
export interface ButtonCodec<P> {
  /** Unique, e.g. `move` or `screen board`. */
  readonly name: string
  /** Throws if the data is too long, which is a bug in the caller. */
  encode(payload: P): string
  /** Returns null for other data, e.g., another button's or another version's. */
  decode(data: string): P | null
}

// Declared as methods, so that fields of different types fit into a list of Field<unknown>.
interface Field<T> {
  encode(value: T): string
  decode(text: string): T | undefined
}
type Fields = Readonly<Record<string, Field<unknown>>>
type Values<F extends Fields> = { readonly [N in keyof F]: F[N] extends Field<infer T> ? T : never }

/** The field types of button payloads. */
export const field = {
  text: { encode: (value) => value, decode: (value) => value } satisfies Field<string>,
  /** A number in base 36. */
  number: {
    encode: (value) => value.toString(36),
    decode: (value) => (/^[0-9a-z]{1,8}$/.test(value) ? Number.parseInt(value, 36) : undefined),
  } satisfies Field<number>,
  /** A number in base 10; an empty string is 0. */
  decimal: {
    encode: String,
    decode: (value) => (/^\d{0,6}$/.test(value) ? Number(value) : undefined),
  } satisfies Field<number>,
  flag: {
    encode: (value) => (value ? '1' : '0'),
    decode: (value) => (value === '1' ? true : value === '0' ? false : undefined),
  } satisfies Field<boolean>,
  taskKey: {
    encode: (value) => value,
    decode: (value) => (/^[A-Z][A-Z0-9]{1,9}-\d{1,10}$/.test(value) ? value : undefined),
  } satisfies Field<string>,
  /** A UUID in 22 characters. */
  uuid: {
    encode: (value) => Buffer.from(value.replaceAll('-', ''), 'hex').toString('base64url'),
    decode: (value) => {
      const hex = Buffer.from(value, 'base64url').toString('hex')
      return hex.length === 32 ? hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5') : undefined
    },
  } satisfies Field<string>,
  /** One of a list, stored as its position. Buttons in chats depend on the order, so only append. */
  oneOf: <const T extends string>(values: readonly T[]): Field<T> => ({
    encode: (value) => values.indexOf(value).toString(36),
    decode: (value) => values[Number.parseInt(value, 36)],
  }),
  named: <const T extends string>(names: readonly T[]): Field<T> => ({
    encode: (value) => value,
    decode: (value) => names.find((name) => name === value),
  }),
  orNone: <T>(inner: Field<T>): Field<T | null> => ({
    encode: (value) => (value === null ? '' : inner.encode(value)),
    decode: (value) => (value === '' ? null : inner.decode(value)),
  }),
}

const version = '1'
const separator = '|'
const maxBytes = 64

/** Defines a button with its own one-letter code. */
export function defineButton<F extends Fields>(
  name: string,
  code: string,
  fields: F,
): ButtonCodec<Values<F>> {
  const names = Object.keys(fields)
  return {
    name,
    encode: (payload) => toData([code, ...encodeEach(fields, payload)]),
    decode: (data) => {
      const [start, ...values] = data.split(separator)
      return start === version + code && values.length === names.length ? decodeEach(fields, values) : null
    },
  }
}

/** Defines a button that opens a screen. Its fields share one part of the data. */
export function defineScreen<F extends Fields = Record<never, never>>(
  name: string,
  argument: F = {} as F,
  between = '.',
): ButtonCodec<Values<F> & { readonly page?: number }> {
  const button = defineButton(`screen ${name}`, 'v', {
    name: field.named([name]),
    argument: field.text,
    page: field.number,
  })
  return {
    name: button.name,
    encode: ({ page = 0, ...payload }) =>
      button.encode({ name, argument: join(argument, payload, between), page }),
    decode: (data) => {
      const found = button.decode(data)
      const values = found && split(argument, found.argument, between)
      return values && { ...values, page: found.page }
    },
  }
}

/** Defines a button that performs an action on a screen: what it's about, and a value. */
export function defineAct<A extends Fields = Record<never, never>, V extends Fields = Record<never, never>>(
  name: string,
  about: A = {} as A,
  value: V = {} as V,
  between = '.',
): ButtonCodec<Values<A> & Values<V>> {
  const button = defineButton(`act ${name}`, 'w', {
    name: field.named([name]),
    about: field.text,
    value: field.text,
  })
  return {
    name: button.name,
    encode: (payload) =>
      button.encode({
        name,
        about: join(about, payload, between),
        value: join(value, payload, between),
      }),
    decode: (data) => {
      const found = button.decode(data)
      const subject = found && split(about, found.about, between)
      const object = found && split(value, found.value, between)
      return subject && object && { ...subject, ...object }
    },
  }
}

function toData([code, ...values]: readonly [string, ...string[]]): string {
  if (values.some((value) => value.includes(separator))) throw new Error(`a button's value has ${separator}`)
  const data = [version + code, ...values].join(separator)
  if (Buffer.byteLength(data) > maxBytes) throw new Error(`callback data over ${maxBytes} bytes: ${data}`)
  return data
}

function encodeEach(fields: Fields, payload: object): string[] {
  const values = payload as Readonly<Record<string, unknown>>
  return Object.entries(fields).map(([name, { encode }]) => encode(values[name]))
}

function decodeEach<F extends Fields>(fields: F, texts: readonly string[]): Values<F> | null {
  const values = Object.entries(fields).map(([name, { decode }], nth) => [name, decode(texts[nth] ?? '')])
  if (values.some(([, value]) => value === undefined)) return null
  // Each value was decoded by the field with the same name.
  return Object.fromEntries(values) as Values<F>
}

function join(fields: Fields, payload: object, between: string): string {
  const parts = encodeEach(fields, payload)
  if (parts.slice(0, -1).some((part) => part.includes(between)))
    throw new Error(`a button's value has ${between}`)
  return parts.join(between)
}

/** Splits what `join` wrote. Missing parts are empty; the last field takes the rest. */
function split<F extends Fields>(fields: F, joined: string, between: string): Values<F> | null {
  const parts = joined.split(between)
  const last = Object.keys(fields).length - 1
  return decodeEach(fields, [
    ...parts.slice(0, Math.max(0, last)),
    parts.slice(Math.max(0, last)).join(between),
  ])
}

/** Returns a four-character hash of a text, so that a button can detect a change. */
export function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 4)
}
