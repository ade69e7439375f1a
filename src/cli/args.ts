import * as Args from '@oclif/core/args'

/** The release that a command is about. */
export const releaseArg = Args.string({ required: true, description: 'Name of the release.' })

const CHART = { description: 'Folder, archive, -, REPOSITORY/CHART, or an http(s) or oci URL.' }

/** The chart that a command is about. */
export const chartArg = Args.string({ ...CHART, required: true })

/** A chart that a command does without, or that stands in the first argument's place. */
export const optionalChartArg = Args.string(CHART)
