import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { Resvg } from '@resvg/resvg-js'

const require = createRequire(import.meta.url)
const fontFiles = [
  require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  require.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
]
const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Inter' }
parentPort.postMessage(new Resvg(workerData, { font }).render().asPng())
