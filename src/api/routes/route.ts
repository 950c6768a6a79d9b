import type { OpenAPIHono, RouteConfig, RouteHandler } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from '../kit/env.ts'
import { ErrorJson } from '../wire/common.ts'

/** The app that routes are added to, and the middleware for routes that need a token. */
export interface Router {
  readonly app: OpenAPIHono<ApiEnv>
  readonly guards: MiddlewareHandler<ApiEnv>[]
}

type RequestOf<R extends RouteConfig> = Parameters<RouteHandler<R, ApiEnv>>[0]

/** Adds a documented route, guarded if it has `security`. Its handler gets validated input and may return any Response. */
export function addRoute<R extends RouteConfig>(
  { app, guards }: Router,
  route: R,
  handler: (c: RequestOf<R>) => Response | Promise<Response>,
): void {
  const guarded = route.security === undefined ? route : { ...route, middleware: guards }
  // Stored answers are replayed as plain JSON, so handlers can't keep typed responses. Tests check them against the document.
  app.openapi(guarded, handler as unknown as RouteHandler<R, ApiEnv>)
}

const json = <S>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
})

const refusals = {
  400: json('The request is invalid', ErrorJson),
  401: json('The token is missing or invalid', ErrorJson),
  404: json('Not found', ErrorJson),
  409: json('The request conflicts with the current state', ErrorJson),
  413: json('The body is larger than 1 MB', ErrorJson),
  415: json("The body isn't JSON", ErrorJson),
  429: json('Too many requests; wait for `Retry-After` seconds', ErrorJson),
  500: json('Unexpected error; the log has its `request_id`', ErrorJson),
  503: json("The database can't be reached; try again shortly", ErrorJson),
} as const

type Refused = keyof typeof refusals

/** Builds a route's documented responses: its success, its own refusals and the common ones. */
export function answers<S>(
  ok: { readonly status: 200 | 201; readonly description: string; readonly schema: S },
  refused: readonly Refused[],
) {
  return {
    [ok.status]: json(ok.description, ok.schema),
    ...Object.fromEntries(
      ([...refused, 401, 429, 500, 503] as const).map((status) => [status, refusals[status]] as const),
    ),
  }
}

/** Declares a required JSON body. */
export function body<S>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } } as const
}

export const security = [{ token: [] }]
