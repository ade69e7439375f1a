/** Writes a moment as Go's RFC 3339 with fractions does, which ends no fraction with a zero. */
export function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\.?0*Z$/, 'Z')
}
