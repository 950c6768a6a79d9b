import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { Refusal } from '../protocol/refusal.ts'
import { addPerson, type Person, type World } from '../world/world.ts'

/** The person of the page, by default the owner. The stranger to switch to is let in with the first page. */
export function requirePerson(world: World, c: Context): Person {
  if (world.people.size === 1) {
    addPerson(world, { id: world.owner.user.id + 1, firstName: 'A stranger', started: false })
  }
  const as = c.req.query('as')
  return (as === undefined ? undefined : world.people.get(Number(as))) ?? world.owner
}

/** The JSON body of a request, checked. */
export async function readJson<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  return parse(schema, await c.req.json().catch(() => undefined))
}

/** A value that fits its schema; else 400 with what is wrong. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new HTTPException(400, { message: z.prettifyError(parsed.error) })
  return parsed.data
}

/** Acts in the world, which refuses with plain errors that say why; any other kind is a fault of ours and stays loud. */
export function act<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isRefusal = error instanceof Refusal || (error instanceof Error && error.constructor === Error)
    throw isRefusal ? new HTTPException(400, { message: error.message }) : error
  }
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Leaves out what is undefined, for functions that tell an absent field from an undefined one. */
export function optional<T extends object>(values: T): Present<T> {
  // fromEntries forgets which keys there were.
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as Present<T>
}
