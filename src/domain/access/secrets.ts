import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { DomainError } from '../core/errors.ts'

const version = 'v1'
const salt = 'telegram-bot-token'
const ivBytes = 12
const tagBytes = 16

/** Encrypts a text as `v1.<iv>.<ciphertext+tag>`: AES-256-GCM with a key derived from the server's secret by HKDF-SHA-256. */
export function encryptSecret(plain: string, secretKey: string): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secretKey), iv)
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${version}.${iv.toString('base64url')}.${sealed.toString('base64url')}`
}

/** Decrypts the output of `encryptSecret`. Throws `invalid` if it was encrypted with another secret or changed. */
export function decryptSecret(sealed: string, secretKey: string): string {
  const [prefix, ivText = '', text = '', ...rest] = sealed.split('.')
  const iv = Buffer.from(ivText, 'base64url')
  const bytes = Buffer.from(text, 'base64url')
  if (prefix !== version || iv.length !== ivBytes || bytes.length < tagBytes || rest.length > 0)
    throw unreadable()
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secretKey), iv)
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const plain = decipher.update(bytes.subarray(0, -tagBytes))
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8')
  } catch {
    throw unreadable()
  }
}

function keyOf(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, salt, '', 32))
}

function unreadable(): DomainError {
  return new DomainError(
    'invalid',
    "A stored secret can't be read: it was encrypted with another SECRET_KEY. Restore that key, or store the secret again.",
  )
}
