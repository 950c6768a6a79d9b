import type { Message } from 'grammy/types'
import { requireImageSize } from '../image-size.ts'
import type { StoredFile, World } from './model.ts'

/** Stores a file's bytes and assigns its IDs and download path. */
export function storeFile(
  world: Pick<World, 'files' | 'nextId'>,
  input: {
    readonly bytes: Uint8Array
    readonly name: string
    readonly mimeType: string
    readonly folder: 'photos' | 'documents'
  },
): StoredFile {
  const number = world.nextId('file')
  const extension = /\.\w{1,8}$/.exec(input.name)?.[0] ?? ''
  const file: StoredFile = {
    fileId: `playground-${input.folder}-${number}`,
    uniqueId: `unique-${number}`,
    path: `${input.folder}/file_${number}${extension}`,
    name: input.name,
    mimeType: input.mimeType,
    bytes: input.bytes,
  }
  world.files.set(file.fileId, file)
  return file
}

/** Builds a message's photo content. */
export function photoContent(file: StoredFile): Partial<Message> {
  const { width, height } = requireImageSize(file.bytes)
  const size = {
    file_id: file.fileId,
    file_unique_id: file.uniqueId,
    width,
    height,
    file_size: file.bytes.length,
  }
  return { photo: [size] }
}

/** Builds a message's document content. */
export function documentContent(file: StoredFile): Partial<Message> {
  return {
    document: {
      file_id: file.fileId,
      file_unique_id: file.uniqueId,
      file_name: file.name,
      mime_type: file.mimeType,
      file_size: file.bytes.length,
    },
  }
}
