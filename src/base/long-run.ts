/**
 * Tells the launcher that much will run a few times only and leave much behind, as with large charts
 * and long lists.
 *
 * The launcher shares no module with the scripts that it loads; it hears this as an event of the
 * process.
 */
export function announceLongRun(): void {
  const events: NodeJS.EventEmitter = process
  events.emit('kubectl-pkg: long run')
}
