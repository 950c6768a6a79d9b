import { extname } from 'node:path'
import type { UploadedFile } from '../methods/method.ts'

export interface MultipartBody {
  readonly fields: ReadonlyMap<string, string>
  readonly files: ReadonlyMap<string, UploadedFile>
}

const mimeTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
}

/**
 * Parses a multipart body as Telegram does; null if it is malformed. Node's `formData()` refuses grammY's bodies because
 * grammY doesn't quote file names.
 */
export function parseMultipart(contentType: string, body: Buffer): MultipartBody | null {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  if (boundary === null) return null
  const fields = new Map<string, string>()
  const files = new Map<string, UploadedFile>()
  for (const part of partsOf(body, `--${boundary[1] ?? boundary[2]}`)) {
    const headEnd = part.indexOf('\r\n\r\n')
    if (headEnd < 0) return null
    const head = part.toString('utf8', 0, headEnd)
    const content = part.subarray(headEnd + 4)
    const name = parameterOf(head, 'name')
    if (name === undefined) return null
    const fileName = parameterOf(head, 'filename')
    if (fileName === undefined) fields.set(name, content.toString('utf8'))
    else files.set(name, { name: fileName, mimeType: toMimeType(fileName), bytes: new Uint8Array(content) })
  }
  return { fields, files }
}

function* partsOf(body: Buffer, delimiter: string): Generator<Buffer> {
  let start = body.indexOf(delimiter)
  while (start >= 0) {
    const contentStart = start + delimiter.length
    if (body.toString('latin1', contentStart, contentStart + 2) === '--') return
    const end = body.indexOf(`\r\n${delimiter}`, contentStart)
    if (end < 0) return
    yield body.subarray(contentStart + 2, end)
    start = end + 2
  }
}

function parameterOf(head: string, name: string): string | undefined {
  const disposition = head.split('\r\n').find((line) => /^content-disposition:/i.test(line)) ?? ''
  const match = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;]*))`, 'i').exec(disposition)
  return match?.[1] ?? match?.[2]
}

/** Returns the MIME type by file extension: Telegram ignores the type that the sender claims. */
export function toMimeType(fileName: string): string {
  return mimeTypes[extname(fileName).toLowerCase()] ?? 'application/octet-stream'
}
