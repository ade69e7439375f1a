/** What one template file gave. */
export interface RenderedFile {
  /** Path of the template with its charts, as in `# Source:` lines: `web/templates/x.yaml`. */
  path: string
  content: string
}

/** Whether a rendered file holds notes for people instead of objects. */
export function isNotes(path: string): boolean {
  return path.endsWith('NOTES.txt') || path.endsWith('NOTES.txt.hbs')
}
