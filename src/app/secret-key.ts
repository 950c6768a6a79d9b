import { hkdfSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The server's secret: from the environment, else kept in the data folder, where it is made on the first start. */
export function openSecretKey(given: string | undefined, dataDir: string): string {
  if (given !== undefined) return given
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'secret-key')
  try {
    // Only the first start writes it; only this user may read it.
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8').trim()
}

/** Where the server's secret is kept: a variable's name or a path. */
export function secretKeyPlaceOf(given: string | undefined, dataDir: string): string {
  return given === undefined ? join(dataDir, 'secret-key') : 'SECRET_KEY'
}

/** A secret of its own for one purpose, always the same for one server secret: `bytes` random-looking bytes, base64url. */
export function deriveSecret(secretKey: string, purpose: string, bytes: number): string {
  return Buffer.from(hkdfSync('sha256', secretKey, 'preqbot', purpose, bytes)).toString('base64url')
}
