/**
 * Packages that stay out of the bundle, because Node loads them on demand: CommonJS keeps its export names, and packages find the
 * files they ship. The image installs only these.
 */
export const external = [
  '@electric-sql/pglite',
  '@expo-google-fonts/inter',
  '@photostructure/tz-lookup',
  '@resvg/resvg-js',
  'chrono-node',
  'papaparse',
  'prom-client',
  'transliteration',
]
