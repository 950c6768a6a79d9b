import { InputFile } from 'grammy'
import type { Message } from 'grammy/types'
import { describe, expect, test } from 'vitest'
import { uploadDocument, uploadPhoto } from '../../src/playground/world/upload.ts'
import { openTestPlayground, pixel } from './bot-api.ts'

describe('files of the bot', () => {
  test('are read from grammY’s form with their name and bytes unchanged', async () => {
    const { api, chatId, world } = await openTestPlayground()
    const bytes = new Uint8Array([0, 13, 10, 45, 45, 255, 13, 10])

    const message = await api.sendDocument(chatId, new InputFile(bytes, 'Bericht ü.md'), {
      caption: '<b>two</b> lines',
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] },
    })

    expect(message).toMatchObject({
      document: { file_name: 'Bericht ü.md', mime_type: 'text/markdown', file_size: 8 },
      caption: 'two lines',
      caption_entities: [{ type: 'bold', offset: 0, length: 3 }],
      reply_markup: { inline_keyboard: [[{ text: 'A' }]] },
    })
    expect(world.files.get(message.document.file_id)?.bytes).toEqual(bytes)
    expect(world.violations).toEqual([])
  })

  test('may be pictures, which have a size', async () => {
    const { api, chatId } = await openTestPlayground()

    const message = await api.sendPhoto(chatId, new InputFile(pixel, 'chart.png'))

    expect(message.photo).toEqual([
      {
        file_id: expect.any(String),
        file_unique_id: expect.any(String),
        width: 1,
        height: 1,
        file_size: pixel.length,
      },
    ])
  })

  test('can be resent by ID and as an album', async () => {
    const { api, chatId } = await openTestPlayground()
    const first = await api.sendPhoto(chatId, new InputFile(pixel))
    const fileId = first.photo[0]?.file_id ?? ''

    const again = await api.sendPhoto(chatId, fileId)
    const album = await api.sendMediaGroup(chatId, [
      { type: 'photo', media: fileId, caption: 'one' },
      { type: 'photo', media: new InputFile(pixel) },
    ])

    expect(again.photo[0]?.file_id).toBe(fileId)
    expect(album.map(({ caption }) => caption)).toEqual(['one', undefined])
    expect(new Set(album.map((message: Message) => message.media_group_id)).size).toBe(1)
  })

  test('can replace one another, with and without a caption', async () => {
    const { api, chatId } = await openTestPlayground()
    const { message_id } = await api.sendPhoto(chatId, new InputFile(pixel), { caption: 'one' })

    const captioned = await api.editMessageCaption(chatId, message_id, { caption: 'two' })
    const replaced = await api.editMessageMedia(chatId, message_id, {
      type: 'document',
      media: new InputFile(Buffer.from('x'), 'x.txt'),
    })
    const text = api.editMessageText(chatId, message_id, 'three')

    expect(captioned).toMatchObject({ caption: 'two' })
    expect(replaced).toMatchObject({ document: { file_name: 'x.txt' } })
    expect(replaced).not.toHaveProperty('photo')
    expect(replaced).not.toHaveProperty('caption')
    await expect(text).rejects.toThrow('there is no text in the message to edit')
  })

  test('may be given by URL', async () => {
    const fetched: string[] = []
    const { api, chatId } = await openTestPlayground({
      fetchFile: async (url) => {
        fetched.push(url)
        return url.endsWith('png') ? { name: 'a.png', mimeType: 'image/png', bytes: pixel } : null
      },
    })

    const found = await api.sendPhoto(chatId, 'https://pictures.example/a.png')
    const missing = api.sendPhoto(chatId, 'https://pictures.example/b')

    expect(found.photo[0]?.width).toBe(1)
    await expect(missing).rejects.toThrow('Bad Request: failed to get HTTP URL content')
    expect(fetched).toEqual(['https://pictures.example/a.png', 'https://pictures.example/b'])
  })

  test.each([
    ['no picture', 'sendPhoto', Buffer.from('x'.repeat(100)), 'Bad Request: IMAGE_PROCESS_FAILED'],
    ['nothing', 'sendDocument', Buffer.alloc(0), 'Bad Request: file must be non-empty'],
  ] as const)('are refused when they are %s', async (_, method, bytes, description) => {
    const { api, chatId } = await openTestPlayground()

    await expect(api[method](chatId, new InputFile(bytes, 'x'))).rejects.toThrow(description)
  })

  test('may not be missing from the form', async () => {
    const { call, chatId } = await openTestPlayground()

    const reply = await call('sendDocument', { chat_id: chatId, document: 'attach://nothing' })

    expect(reply.description).toBe('Bad Request: file "nothing" is not in the request')
  })

  test('accept a caption of at most 1024 characters', async () => {
    const { api, chatId } = await openTestPlayground()
    const send = (length: number) =>
      api.sendPhoto(chatId, new InputFile(pixel), { caption: '😀'.repeat(length) })

    expect((await send(1024)).caption).toHaveLength(2048)
    await expect(send(1025)).rejects.toThrow('Bad Request: message caption is too long')
  })
})

describe('files of a person', () => {
  test('reach the bot, which can download them', async () => {
    const { api, url, token, world } = await openTestPlayground()
    uploadPhoto(world, { bytes: pixel, caption: 'look /here' })
    uploadDocument(world, { bytes: Buffer.from('hello'), name: 'a.txt', mimeType: 'text/plain' })

    const [photo, document] = await api.getUpdates()
    const file = await api.getFile(document?.message?.document?.file_id ?? '')
    const download = await fetch(`${url}/file/bot${token}/${file.file_path}`)

    expect(photo?.message).toMatchObject({
      caption: 'look /here',
      caption_entities: [{ type: 'bot_command' }],
    })
    expect(document?.message?.document).toMatchObject({
      file_name: 'a.txt',
      mime_type: 'text/plain',
      file_size: 5,
    })
    expect(await download.text()).toBe('hello')
  })

  test('cannot be downloaded with another token, with an unknown ID, or over 20 MB', async () => {
    const { api, url, world } = await openTestPlayground()
    const large = uploadDocument(world, { bytes: new Uint8Array(20 * 1024 * 1024 + 1) })
    const small = uploadDocument(world, { bytes: Buffer.from('x') })
    const { file_path } = await api.getFile(small.document?.file_id ?? '')

    expect((await fetch(`${url}/file/bot9:x/${file_path}`)).status).toBe(404)
    await expect(api.getFile(large.document?.file_id ?? '')).rejects.toThrow('Bad Request: file is too big')
    await expect(api.getFile('x')).rejects.toThrow('wrong file_id or the file is temporarily unavailable')
  })
})
