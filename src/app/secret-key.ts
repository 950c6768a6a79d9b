import { hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the server's secret: the given one, otherwise the one in the data folder, created on the first start. */
export function openSecretKey(given: string | undefined, dataDir: string): string {
  if (given !== undefined) return given
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'secret-key')
  try {
    // `wx`: only the first start writes it.
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8').trim()
}

/** Returns where the server's secret is stored: a variable's name or a path. */
export function secretKeyPlaceOf(given: string | undefined, dataDir: string): string {
  return given === undefined ? join(dataDir, 'secret-key') : 'SECRET_KEY'
}

/** Derives a stable secret for one purpose from the server's secret: `bytes` bytes as base64url. */
export function deriveSecret(secretKey: string, purpose: string, bytes: number): string {
  return Buffer.from(hkdfSync('sha256', secretKey, 'preqbot', purpose, bytes)).toString('base64url')
}
