import { refuseCall } from './protocol/refusal.ts'

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Reads the width and height from a PNG, GIF, WebP or JPEG header; refuses anything else, as Telegram does. */
export function requireImageSize(bytes: Uint8Array): ImageSize {
  const size = imageSize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (size === null) refuseCall(400, 'Bad Request: IMAGE_PROCESS_FAILED')
  const { width, height } = size
  if (width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height)) {
    refuseCall(400, 'Bad Request: PHOTO_INVALID_DIMENSIONS')
  }
  return size
}

function imageSize(data: Buffer): ImageSize | null {
  if (data.length < 26) return null
  if (data.toString('latin1', 1, 4) === 'PNG')
    return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) }
  if (data.toString('latin1', 0, 4) === 'GIF8')
    return { width: data.readUInt16LE(6), height: data.readUInt16LE(8) }
  if (data.toString('latin1', 8, 12) === 'WEBP') return webpSize(data)
  if (data.readUInt16BE(0) === 0xffd8) return jpegSize(data)
  return null
}

function webpSize(data: Buffer): ImageSize | null {
  if (data.length < 30) return null
  const kind = data.toString('latin1', 12, 16)
  if (kind === 'VP8X') return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }
  if (kind === 'VP8 ')
    return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }
  const bits = data.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}

/** Reads the size from the first start-of-frame segment: C0 to CF except C4, C8 and CC. */
function jpegSize(data: Buffer): ImageSize | null {
  for (let at = 2; at + 9 < data.length && data[at] === 0xff; ) {
    const marker = data.readUInt8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { width: data.readUInt16BE(at + 7), height: data.readUInt16BE(at + 5) }
    at += 2 + data.readUInt16BE(at + 2)
  }
  return null
}
