import { isDatabaseDown } from '../domain/core/errors.ts'
import type { Scope } from '../domain/core/scope.ts'
import { readStats } from '../domain/reports/stats.ts'
import type { Log } from '../log.ts'
import { captionOnly, type Outgoing } from '../telegram/call.ts'
import type { StoredRequest } from '../telegram/store/messages/stored-request.ts'
import { statsPicture } from '../view/charts/charts.ts'

export interface DrawDeps {
  readonly scope: Scope
  /** Draws an SVG as a PNG. */
  readonly renderPng: (svg: string) => Promise<Buffer>
  readonly log: Log
}

/** Draws the picture of a request; if that fails, its caption is sent as text. */
export async function drawRequest(
  { scope, renderPng, log }: DrawDeps,
  request: StoredRequest,
): Promise<Outgoing> {
  if (request.picture === undefined) return request
  const { title, from, to, timeZone } = request.picture
  try {
    const stats = await readStats(scope, { from: new Date(from), to: new Date(to), timeZone })
    return { ...request, png: await renderPng(statsPicture(stats, title)) }
  } catch (error) {
    if (isDatabaseDown(error)) throw error
    log.error({ err: error }, 'drawing a picture failed')
    return captionOnly(request)
  }
}
