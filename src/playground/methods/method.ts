import type { Opts } from 'grammy/types'
import type { World } from '../world/model.ts'

export type { Opts }

export interface UploadedFile {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array
}

/** What surrounds the parameters of a call. */
export interface CallContext {
  readonly world: World
  readonly method: string
  /** The parts of a multipart body by name: what `attach://name` refers to. */
  readonly uploads: ReadonlyMap<string, UploadedFile>
  /** Ends when the caller hangs up. */
  readonly signal: AbortSignal
  /** Gets a file from the Internet, as Telegram does for a URL; null where that fails. */
  readonly fetchFile: (url: string) => Promise<UploadedFile | null>
  /** Adds a description to a successful answer. */
  readonly describe: (description: string) => void
}

/** A method of the Bot API: its parameters have passed the schema. */
export type Method = (params: never, context: CallContext) => unknown
