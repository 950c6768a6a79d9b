/** The terminal commands: `npm run NAME` and `preqbot NAME` run src/cli/NAME.ts. */
export const commands = ['token', 'backup', 'restore', 'move', 'migrate', 'link', 'unbind']
