import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decryptSecret, encryptSecret } from '../../../src/domain/access/secrets.ts'

const secretKey = '0123456789abcdef0123456789abcdef'
// Made by WebCrypto: HKDF-SHA-256 (salt `telegram-bot-token`, no info), AES-256-GCM, iv 0…11.
const sealedElsewhere = 'v1.AAECAwQFBgcICQoL.4rwDucAkW1ev57RE15EvHRW1pt2D6ad3x-9ptrP_eyoBaqX8MN698CagPxFtO5s'

describe('a sealed secret', () => {
  test('opens a secret that other software of the schema encrypted', () => {
    expect(decryptSecret(sealedElsewhere, secretKey)).toBe('123456:AAE-example_token-äöü')
  })

  test('has a version, an iv of 12 bytes and a tag of 16, without padding', () => {
    const [version, iv, text] = encryptSecret('123456:ABC', secretKey).split('.')

    expect(version).toBe('v1')
    expect(Buffer.from(iv ?? '', 'base64url')).toHaveLength(12)
    expect(Buffer.from(text ?? '', 'base64url')).toHaveLength('123456:ABC'.length + 16)
    expect(`${iv}${text}`).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  test('differs each time it is encrypted', () => {
    expect(encryptSecret('same', secretKey)).not.toBe(encryptSecret('same', secretKey))
  })

  test('decrypts to the original text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
        expect(decryptSecret(encryptSecret(plain, secretKey), secretKey)).toBe(plain)
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['under another secret', sealedElsewhere, 'x'.repeat(32)],
    ['with a changed byte', sealedElsewhere.replace('4rwD', '4rwE'), secretKey],
    ['with its end cut off', sealedElsewhere.slice(0, -4), secretKey],
    ['of another version', sealedElsewhere.replace('v1', 'v2'), secretKey],
    ['with a part too many', `${sealedElsewhere}.x`, secretKey],
    ['in plain text', '123456:ABC', secretKey],
    ['that is empty', '', secretKey],
  ])('%s is refused, and the error does not contain the secret', (_, sealed, key) => {
    expect(() => decryptSecret(sealed, key)).toThrow(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining('SECRET_KEY') }),
    )
  })
})
