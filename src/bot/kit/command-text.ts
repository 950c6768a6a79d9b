/** Whether a text is a command, known or not. A path like /tmp/foo isn't one. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}

/** What is written behind the command of a text. */
export function afterCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/, '').trim()
}
