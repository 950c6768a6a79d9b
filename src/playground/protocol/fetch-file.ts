import { isIP } from 'node:net'
import { basename } from 'node:path'
import type { UploadedFile } from '../methods/method.ts'
import { toCheckedLink } from '../text/links.ts'
import { toMimeType } from './multipart.ts'

const largest = 20 * 1024 * 1024

/** Downloads a file from a public URL within 5 s, as Telegram does; null on failure. */
export async function fetchFile(url: string): Promise<UploadedFile | null> {
  if (toCheckedLink(url) === null || isIP(new URL(url).hostname.replace(/^\[|\]$/g, '')) !== 0) return null
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'error' })
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > largest) return null
    const name = basename(new URL(url).pathname) || 'file'
    return { name, mimeType: toMimeType(name), bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch {
    return null
  }
}
