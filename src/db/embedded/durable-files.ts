import { fdatasyncSync, fsyncSync } from 'node:fs'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Filesystem = NonNullable<PGliteOptions['fs']>

interface OpenFile {
  /** The descriptor that Node knows it by. */
  readonly nfd: number
  readonly node: { readonly mode: number }
}

/**
 * How PGlite keeps its promise on disk. As it comes it never syncs: it starts Postgres with fsync off (-F), and its files
 * in Node have no sync operation. With both put right, a commit is on the disk before it is answered (0.1 ms on an SSD).
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

// fdatasync, the default of wal_sync_method, never leaves the WebAssembly; fsync calls the file's own operation.
export const durableConf = ['fsync=on', 'wal_sync_method=fsync']

type Module = PGlite['Module']

function addSync(module: Module): void {
  // The type says no more than that it is a file system; these are the operations of its open files.
  const { stream_ops } = module.NODEFS as unknown as { stream_ops: { fsync?: (file: OpenFile) => number } }
  stream_ops.fsync = ({ nfd, node }) => {
    if (module.FS.isDir(node.mode)) fsyncSync(nfd)
    else fdatasyncSync(nfd)
    return 0
  }
}
