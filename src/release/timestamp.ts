/**
 * Writes a moment as Go's RFC 3339 with fractions does, which ends no fraction with a zero, by the
 * clock of this machine's zone: people read it without the offset, as in `LAST DEPLOYED`.
 */
export function timestamp(moment: Date): string {
  // JavaScript counts the minutes that a zone is behind UTC.
  const east = -moment.getTimezoneOffset()
  const clock = new Date(moment.getTime() + east * 60_000)
  return clock.toISOString().replace(/\.?0*Z$/, offsetText(east))
}

function offsetText(east: number): string {
  if (east === 0) return 'Z'
  const size = Math.abs(east)
  const [hours, minutes] = [Math.trunc(size / 60), size % 60].map((part) =>
    String(part).padStart(2, '0'),
  )
  return `${east < 0 ? '-' : '+'}${hours}:${minutes}`
}
