/*
 * All that a plugin may import. A plugin is an oclif plugin whose commands extend one of
 * the two commands here; what it gets is what our own commands get.
 */
import * as oclifArgs from '@oclif/core/args'
import * as oclifFlags from '@oclif/core/flags'

// Constants, as Node finds no namespace that the bundle exports when a module imports it by name.
/** What the arguments of a command are made with. */
export const Args = oclifArgs
/** What the flags of a command are made with. */
export const Flags = oclifFlags
export { PkgError, type ErrorCode, type SourceSpan } from './base/errors.ts'
export { chartPath, isNative, type Chart, type ChartFile } from './chart/chart.ts'
export type { ChartMetadata, Dependency } from './chart/metadata.ts'
export { loadChart } from './actions/load-chart.ts'
export { readChart } from './cli/read-chart.ts'
export { status as loadRelease } from './actions/inspect.ts'
export { renderRelease, type RenderedRelease, type RenderRequest } from './actions/render.ts'
export type { Connections, RenderOptions } from './actions/connections.ts'
export { BaseCommand } from './cli/base-command.ts'
export { ReleaseCommand } from './cli/release-command.ts'
export { chartFlags, globalFlags, renderFlags, revisionFlag, valuesFlags } from './cli/flags.ts'
export { renderOptions } from './cli/read-flags.ts'
export { loadValues, type ValuesFor } from './cli/read-values.ts'
export type { Io } from './cli/io.ts'
export type { GoMap, Value } from './golang/value.ts'
export { decodeObjects } from './manifest/decode-objects.ts'
export { byInstallOrder } from './manifest/kind-order.ts'
export type { Hook } from './manifest/manifest.ts'
export { describeObject, type KubeObject } from './manifest/object.ts'
export type { Release } from './release/release.ts'
