import { Worker } from 'node:worker_threads'

/**
 * Draws an SVG as a PNG of its own size, in the shipped font alone. Each picture has a thread that ends with it: V8 does not see the
 * 6 MB of pixels behind a drawn picture and leaves them lying (40 pictures in the main thread held 280 MB, in their own 60 MB).
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
      reject(new Error(`The thread that draws pictures ended with code ${code}.`)),
    )
  })
}
