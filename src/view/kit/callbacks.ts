import { createHash } from 'node:crypto'

/** What a button carries: a payload in, callback data of at most 64 bytes out, and back. */
export interface ButtonCodec<P> {
  /** Unique, e.g. `move` or `screen stats`. */
  readonly name: string
  /** Throws if the data would be too long: a defect of the caller. */
  encode(payload: P): string
  /** Returns null for any other data, e.g. another button's or another version's. */
  decode(data: string): P | null
}

// Methods, not properties: a list of fields of several types is then a list of Field<unknown>.
interface Field<T> {
  encode(value: T): string
  decode(text: string): T | undefined
}
type Fields = Readonly<Record<string, Field<unknown>>>
type Values<F extends Fields> = { readonly [N in keyof F]: F[N] extends Field<infer T> ? T : never }

/** The fields that buttons are made of. */
export const field = {
  text: { encode: (value) => value, decode: (value) => value } satisfies Field<string>,
  /** A number in base 36. */
  number: {
    encode: (value) => value.toString(36),
    decode: (value) => (/^[0-9a-z]{1,8}$/.test(value) ? Number.parseInt(value, 36) : undefined),
  } satisfies Field<number>,
  /** A number in base 10; none is 0. */
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
  /** One of a list, by its position: buttons in chats depend on the order, so add at the end only. */
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

/** Defines a button with its own code. */
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

/** Defines a button that does something on a screen: what it's about, and a value. */
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
  // Each entry is the field's name with what its own decode returned.
  return Object.fromEntries(values) as Values<F>
}

function join(fields: Fields, payload: object, between: string): string {
  const parts = encodeEach(fields, payload)
  if (parts.slice(0, -1).some((part) => part.includes(between)))
    throw new Error(`a button's value has ${between}`)
  return parts.join(between)
}

/** Reads what `join` wrote. Missing parts are empty; the last field takes the rest. */
function split<F extends Fields>(fields: F, joined: string, between: string): Values<F> | null {
  const parts = joined.split(between)
  const last = Object.keys(fields).length - 1
  return decodeEach(fields, [
    ...parts.slice(0, Math.max(0, last)),
    parts.slice(Math.max(0, last)).join(between),
  ])
}

/** Returns four characters that tell a text from others, so a button can notice that it changed. */
export function markOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 4)
}
