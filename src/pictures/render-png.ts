import { Worker } from 'node:worker_threads'

/**
 * Renders an SVG as a PNG of the same size, with the shipped font only. Each picture gets its own thread, because V8 doesn't count its
 * 6 MB of pixels and frees them late (40 pictures held 280 MB in the main thread, 60 MB in threads of their own).
 */
export function renderPng(svg: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./draw.js', import.meta.url), {
      workerData: svg,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    })
    worker.once('message', ({ buffer, byteOffset, byteLength }: Uint8Array) =>
      resolve(Buffer.from(buffer, byteOffset, byteLength)),
    )
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new Error(`The thread that draws pictures exited with code ${code}.`)),
    )
  })
}
