import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Authentication } from '../../domain/access/tokens.ts'

/** The token that authenticated a request. */
export type Token = Extract<Authentication, { ok: true }>['token']

export interface ApiEnv {
  /** The Node request; absent when a test calls the app without a server. */
  Bindings: Partial<HttpBindings>
  Variables: { requestId: string; address: string; token: Token }
}

export type ApiContext = Context<ApiEnv>
