const COLORS = { add: '32', remove: '31', place: '36', title: '1' } as const

/** What a colour stands for. */
export type Color = keyof typeof COLORS

/** Gives a text its colour. */
export type Paint = (text: string, color: Color) => string

/** Paints text with the codes that terminals know; without colour it leaves text as it is. */
export function painter(isColored: boolean): Paint {
  if (!isColored) return (text) => text
  return (text, color) => `\u001b[${COLORS[color]}m${text}\u001b[0m`
}
