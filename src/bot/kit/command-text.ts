/** Whether a text is a command, known or not: a path such as /tmp/foo is none. */
export function isCommand(text: string): boolean {
  return /^\/\w+(?:@\w+)?(?:\s|$)/.test(text)
}

/** What is written behind the command of a text. */
export function afterCommand(text: string): string {
  return text.replace(/^\/\w+(?:@\w+)?\s*/, '').trim()
}
