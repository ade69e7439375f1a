/** What the program is called by the people who type it. */
export const BIN = 'kubectl pkg'
