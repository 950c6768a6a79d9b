import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createProxyTest } from '../api/kit/trusted-proxies.ts'
import type { Diagnosis } from '../bot/kit/context.ts'
import type { Config } from '../config.ts'
import { listTokens } from '../domain/access/tokens.ts'
import type { Scope } from '../domain/core/scope.ts'

const isLoopbackAddress = createProxyTest(['127.0.0.0/8', '::1'])
const isLoopback = (host: string) => host === 'localhost' || isLoopbackAddress(host)

/** Returns the address to listen on: loopback unless configured otherwise. Throws `OpenPlaygroundError`. */
export function hostOf(config: Config, isPlayground: boolean): string {
  const isPublic = config.PUBLIC_URL !== undefined
  if (!isPlayground) return config.HOST ?? (isPublic ? '0.0.0.0' : '127.0.0.1')
  const host = config.HOST ?? '127.0.0.1'
  if (config.PLAYGROUND_PUBLIC !== true && (isPublic || !isLoopback(host)))
    throw new OpenPlaygroundError(config)
  return host
}

/** Returns whether other machines can reach the playground. */
export function isPlaygroundOpen({ HOST = '127.0.0.1', PUBLIC_URL }: Config): boolean {
  return PUBLIC_URL !== undefined || !isLoopback(HOST)
}

/** The playground would be open to other machines. */
export class OpenPlaygroundError extends Error {
  constructor({ HOST, PUBLIC_URL }: Config) {
    super(
      `Without BOT_TOKEN, this is the playground, which isn't opened to other machines (${PUBLIC_URL === undefined ? `HOST=${HOST}` : `PUBLIC_URL=${PUBLIC_URL}`}). ` +
        'Set BOT_TOKEN. To try the playground in a container, publish its port on 127.0.0.1 only and set PLAYGROUND_PUBLIC=1.',
    )
    this.name = 'OpenPlaygroundError'
  }
}

export interface ExposureFacts {
  readonly config: Config
  readonly scope: Scope
  readonly now: () => Date
  /** The address that the server listens on. */
  readonly host: string
  readonly isPlayground: boolean
  /** The data folder, if it holds the board or the secret key. */
  readonly dataDir: string | null
}

/** Checks what is reachable from outside, and by whom. */
export async function diagnoseExposure(facts: ExposureFacts): Promise<Diagnosis[]> {
  return [
    checkAddress(facts),
    ...checkPlayground(facts),
    ...(await checkTokens(facts)),
    ...checkProxies(facts.config),
    ...checkFolder(facts),
  ]
}

function checkAddress({ config, host }: ExposureFacts): Diagnosis {
  const name = 'Address'
  if (isLoopback(host)) return { name, ok: true, detail: `${host} (this machine only)` }
  if (config.PUBLIC_URL !== undefined)
    return { name, ok: true, detail: `${host}, behind ${config.PUBLIC_URL}` }
  if (config.IN_CONTAINER === true) return { name, ok: true, detail: `${host} inside the container` }
  return {
    name,
    ok: false,
    detail: `other machines reach ${host} over plain HTTP`,
    fix: 'Unset HOST, or put a proxy with TLS in front and set PUBLIC_URL.',
  }
}

function checkPlayground({ config, isPlayground }: ExposureFacts): Diagnosis[] {
  if (!isPlayground || !isPlaygroundOpen(config)) return []
  return [
    {
      name: 'Playground',
      ok: false,
      detail: 'anyone who has its link is the owner, on other machines too',
      fix: 'Publish its port on 127.0.0.1 only, or set BOT_TOKEN.',
    },
  ]
}

async function checkTokens({ scope, now }: ExposureFacts): Promise<Diagnosis[]> {
  const at = now()
  const valid = (await listTokens(scope)).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > at),
  )
  const endless = valid.filter(({ expiresAt }) => expiresAt === null).map(({ name }) => name)
  if (endless.length > 0)
    return [
      {
        name: 'Tokens',
        ok: false,
        detail: `${summarize(endless)} never ${endless.length === 1 ? 'expires' : 'expire'}`,
        fix: 'Replace with tokens that expire, in /agents.',
      },
    ]
  return valid.length === 0 ? [] : [{ name: 'Tokens', ok: true, detail: 'all expire' }]
}

// IPv4: a /8, the size of the largest private network (10.0.0.0/8).
const widest = { ipv4: 8, ipv6: 16 }

function checkProxies({ PUBLIC_URL, TRUST_PROXY }: Config): Diagnosis[] {
  const name = 'Proxies'
  const wide = TRUST_PROXY.filter((entry) => {
    const [address = '', bits] = entry.split('/')
    return bits !== undefined && Number(bits) < (address.includes(':') ? widest.ipv6 : widest.ipv4)
  })
  if (wide.length > 0)
    return [
      {
        name,
        ok: false,
        detail: `${summarize(wide)} lets strangers forge their address`,
        fix: 'Name only your own proxies in TRUST_PROXY.',
      },
    ]
  if (TRUST_PROXY.length > 0) return [{ name, ok: true, detail: TRUST_PROXY.join(', ') }]
  if (PUBLIC_URL === undefined || PUBLIC_URL.startsWith('http:')) return []
  return [
    {
      name,
      ok: false,
      detail: 'everyone behind PUBLIC_URL counts as one address',
      fix: "Set TRUST_PROXY to your proxy's address.",
    },
  ]
}

// Windows has no file modes.
function checkFolder({ dataDir }: ExposureFacts): Diagnosis[] {
  if (dataDir === null || process.platform === 'win32') return []
  const paths = [dataDir, ...readdirSync(dataDir).map((entry) => join(dataDir, entry))]
  const open = paths.filter((path) => ((lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0)
  const name = 'Data folder'
  if (open.length === 0) return [{ name, ok: true, detail: 'only this user can read it' }]
  return [
    {
      name,
      ok: false,
      detail: `other users of this machine may open ${summarize(open)}`,
      fix: `chmod -R go= ${dataDir}`,
    },
  ]
}

function summarize(names: readonly string[]): string {
  const [first = '', second] = names
  return second === undefined
    ? first
    : names.length === 2
      ? `${first} and ${second}`
      : `${first} and ${names.length - 1} more`
}
