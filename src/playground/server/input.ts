import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { BotApiError } from '../protocol/refusal.ts'
import { addPerson, type Person, type World } from '../world/world.ts'

/** Returns the page's person, the owner by default. The first request also adds the stranger to switch to. */
export function requirePerson(world: World, c: Context): Person {
  if (world.people.size === 1) {
    addPerson(world, { id: world.owner.user.id + 1, firstName: 'A stranger', started: false })
  }
  const as = c.req.query('as')
  return (as === undefined ? undefined : world.people.get(Number(as))) ?? world.owner
}

/** Reads and validates a JSON body. */
export async function readJson<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  return parseInput(schema, await c.req.json().catch(() => undefined))
}

/** Parses a value; throws a 400 that says what is wrong. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new HTTPException(400, { message: z.prettifyError(parsed.error) })
  return parsed.data
}

/** Runs an action. A plain Error from the world is a refusal and becomes a 400; any other error is a bug and is rethrown. */
export function act<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const isRefusal = error instanceof BotApiError || (error instanceof Error && error.constructor === Error)
    throw isRefusal ? new HTTPException(400, { message: error.message }) : error
  }
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Removes undefined properties, for functions that treat absent and undefined differently. */
export function optional<T extends object>(values: T): Present<T> {
  // fromEntries loses the key types.
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as unknown as Present<T>
}
