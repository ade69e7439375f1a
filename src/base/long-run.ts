/**
 * Tells the launcher that much will run a few times only, as with large charts and long lists.
 *
 * The launcher shares no module with the scripts that it loads; it hears this as an event of the
 * process.
 *
 * @param leavesMuch whether most of what is made on the way stays, as with very large charts
 */
export function announceLongRun(leavesMuch = true): void {
  const events: NodeJS.EventEmitter = process
  events.emit('kubectl-pkg: long run', leavesMuch)
}
