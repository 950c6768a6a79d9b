import type { Opts } from 'grammy/types'
import type { World } from '../world/model.ts'

export type { Opts }

export interface UploadedFile {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array
}

/** The context of a call. */
export interface CallContext {
  readonly world: World
  readonly method: string
  /** Multipart files by name, as referenced by `attach://name`. */
  readonly uploads: ReadonlyMap<string, UploadedFile>
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSignal
  /** Downloads a file by URL, as Telegram does; null on failure. */
  readonly fetchFile: (url: string) => Promise<UploadedFile | null>
  /** Adds a description to a successful answer. */
  readonly describe: (description: string) => void
}

/** A Bot API method. Its parameters have been validated. */
export type Method = (params: never, context: CallContext) => unknown
