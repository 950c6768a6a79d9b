import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Authentication } from '../../domain/access/tokens.ts'
import type { RunScope } from '../../domain/core/actor.ts'

/** The token that authenticated a request. */
export type AuthenticatedToken = Extract<Authentication, { ok: true }>['token']

export interface ApiEnv {
  /** The Node request; absent when a test calls the app without a server. */
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    address: string
    token: AuthenticatedToken
    /** The run that the presented token belongs to; null for an ordinary token. */
    run: RunScope | null
  }
}

export type ApiContext = Context<ApiEnv>
