import { term } from './term.ts'

/** One image a line, as it is named. */
export function viewImages(images: readonly { image: string }[]): string {
  return images.map(({ image }) => term(image)).join('\n')
}
