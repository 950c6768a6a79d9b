import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Authentication } from '../../domain/access/tokens.ts'

/** The token that a request came with. */
export type Token = Extract<Authentication, { ok: true }>['token']

export interface ApiEnv {
  /** The node server's request, absent where the app is called without a port. */
  Bindings: Partial<HttpBindings>
  Variables: { requestId: string; address: string; token: Token }
}

export type ApiContext = Context<ApiEnv>
