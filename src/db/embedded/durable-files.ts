import { fdatasyncSync, fsyncSync } from 'node:fs'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Filesystem = NonNullable<PGliteOptions['fs']>

interface OpenFile {
  /** Node's file descriptor. */
  readonly nfd: number
  readonly node: { readonly mode: number }
}

/**
 * Makes PGlite's commits durable. By default it never syncs: it starts Postgres with fsync off (-F), and its Node files have no sync
 * operation. With both fixed, a commit is on disk before it is answered (0.1 ms on an SSD).
 */
export function durableFiles(folder: string) {
  const files = new NodeFS(folder)
  const init = files.init.bind(files)
  const fs: Filesystem = Object.assign(files, {
    init: async (...args: Parameters<typeof init>) => {
      const { emscriptenOpts } = await init(...args)
      const preRun = [...(emscriptenOpts.preRun ?? []), addSync]
      return { emscriptenOpts: { ...emscriptenOpts, preRun } }
    },
  })
  return { fs, startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F') }
}

// fdatasync, the default wal_sync_method, never leaves the WebAssembly; fsync calls the file's sync operation.
export const durableConf = ['fsync=on', 'wal_sync_method=fsync']

type Module = PGlite['Module']

function addSync(module: Module): void {
  // PGlite's type doesn't declare the operations of open files.
  const { stream_ops } = module.NODEFS as unknown as { stream_ops: { fsync?: (file: OpenFile) => number } }
  stream_ops.fsync = ({ nfd, node }) => {
    if (module.FS.isDir(node.mode)) fsyncSync(nfd)
    else fdatasyncSync(nfd)
    return 0
  }
}
