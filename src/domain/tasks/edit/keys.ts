const maxSlug = 50

/** Returns the default branch of a task: `task/<key>/<slug>`, always a valid git ref. */
export function branchFor(taskKey: string, slug: string): string {
  return `task/${taskKey.toLowerCase()}${slug === '' ? '' : `/${slug}`}`
}

/** Returns a title as lower-case ASCII words joined by `-`, at most 50 characters; may be empty. */
export async function slugOf(title: string): Promise<string> {
  return (await toAscii(title))
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxSlug)
    .replace(/-+$/, '')
}

// The transliteration tables take 14 MB and 60 ms to load, so only a title that needs them loads them.
async function toAscii(title: string): Promise<string> {
  if (/^[\x20-\x7e]*$/.test(title)) return title
  const { transliterate } = await import('transliteration')
  return transliterate(title)
}
