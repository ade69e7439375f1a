import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pairwise, type Factors } from './pairwise.ts'

/** One setting for each switch of an add-on, by the switch's name. */
export type Row = Record<string, string>

/** What an add-on's renders are held against; one file of test/add-ons each. */
export interface AddOnCase {
  /** Folder in charts/. */
  name: string
  /** Settings of each switch, as --set has them; those of `preset` are names of presets. */
  switches: Factors<string>
  /**
   * Names the objects that may break the level "restricted", and why; an object that is not
   * named, or for another reason, fails.
   */
  podSecurity?: (row: Row) => string[]
  /** Names the rules that read more than a reader expects. */
  rbac?: (row: Row) => string[]
  /** Kinds of custom resources that the add-on may render: `cert-manager.io/v1 Issuer`. */
  customKinds?: readonly string[]
  /** Those of them that have no namespace. */
  clusterKinds?: readonly string[]
  /** Ports below 1024 that containers need. */
  privilegedPorts?: (row: Row) => number[]
  /** References to objects that somebody else makes, as `brokenReferences` words them. */
  references?: (row: Row) => string[]
  /** What is left of release "edge" when it is uninstalled: `Namespace/edge`. */
  leftovers?: readonly string[]
  /** What the add-on needs on the tests' control plane, where no program of a chart runs. */
  lifecycle?: {
    /** Given to every installation and upgrade, as --set has it. */
    set?: readonly string[]
    /** What is left besides, as claims of StatefulSets that the cluster made. */
    leftovers?: readonly string[]
    /** Stands in for what looks after the add-on's custom resources; gives what stops it. */
    standIn?: (namespace: string) => Promise<() => Promise<void>>
  }
  /** What is made by chance and differs in each render, behind the first group. */
  random?: readonly RegExp[]
}

const FOLDER = join(import.meta.dirname, '..', 'add-ons')

/** The cases of all add-ons. */
export async function addOnCases(): Promise<AddOnCase[]> {
  const names = readdirSync(FOLDER).sort()
  const modules = names.map((name) => import(join(FOLDER, name)) as Promise<{ addOn: AddOnCase }>)
  return (await Promise.all(modules)).map(({ addOn }) => addOn)
}

/** Rows in which every two settings of different switches meet. */
export function rowsOf({ switches }: AddOnCase): Row[] {
  return pairwise(switches)
}

/** What a person would pass for a row. */
export function givenBy({ preset = '', ...row }: Row): { preset: string[]; set: string[] } {
  return { preset: preset === '' ? [] : [preset], set: Object.values(row).filter(Boolean) }
}

/** As `givenBy`, and with the one value that all charts know, for all their images. */
export function mirroredBy(row: Row): ReturnType<typeof givenBy> {
  const given = givenBy(row)
  return { ...given, set: [...given.set, 'global.imageRegistry=mirror.example.com'] }
}
