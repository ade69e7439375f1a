/**
 * Tells the launcher that much code will run that is another each time, as in large charts.
 *
 * The launcher shares no module with the scripts that it loads; it hears this as an event of the
 * process.
 */
export function announceLongRun(): void {
  const events: NodeJS.EventEmitter = process
  events.emit('kubectl-pkg: long run')
}
