import { ZONE_ABBREVIATIONS } from './time-zone-names.ts'
import { GoError } from './value.ts'

/** A place whose clocks agree, or a fixed offset; Go's `*time.Location`. */
export interface Zone {
  /** As Go prints it: `UTC`, `Local`, a name of the tz database, or empty when fixed. */
  readonly name: string
  /** Name in the tz database, or `HERE`; undefined when the offset is fixed. */
  readonly place: string | undefined
  /** Offset of a fixed zone in seconds east of UTC. */
  readonly offset: number
}

/** What a zone's clocks show at some instant. */
export interface ZoneTime {
  /** Seconds east of UTC. */
  readonly offset: number
  /** `CET`, `EDT`, `+03`; empty for a fixed offset without a name. */
  readonly abbreviation: string
}

export const UTC: Zone = { name: 'UTC', place: undefined, offset: 0 }

/** Makes a zone of one offset, with the name that is printed for it. */
export function fixedZone(name: string, offset: number): Zone {
  return { name, place: undefined, offset }
}

/**
 * Finds a zone by its name, as Go's `time.LoadLocation`.
 *
 * @throws GoError with Go's text when there is none
 */
export function loadZone(name: string): Zone {
  if (name === '' || name === 'UTC') return UTC
  if (name === LOCAL.name) return LOCAL
  if (!/^[A-Z][A-Za-z0-9_+/-]*$/.test(name) || formatterOf(name) === undefined) {
    throw new GoError(`unknown time zone ${name}`)
  }
  return { name, place: name, offset: 0 }
}

/** Stands for the place of this machine, whose name takes 20 ms to find and is seldom needed. */
const HERE = 'Local'
const LOCAL: Zone = { name: 'Local', place: HERE, offset: 0 }

/** The zone of this machine; UTC where it has none that is known, as with an empty `TZ`. */
export function localZone(): Zone {
  return LOCAL
}

/** The name of a zone as Go prints it. */
export function nameOf(zone: Zone): string {
  return zone.place === HERE && placeHere() === undefined ? UTC.name : zone.name
}

/** The name of this machine's place in the tz database; undefined when it is not known. */
function placeHere(): string | undefined {
  const place = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined
  return place === 'Etc/Unknown' ? undefined : place
}

/** Looks up what a zone's clocks show; `seconds` count from 1970 in UTC. */
export function lookUp(zone: Zone, seconds: number): ZoneTime {
  if (zone.place === HERE) return lookUpHere(seconds)
  if (zone.place === undefined) return { offset: zone.offset, abbreviation: zone.name }
  return lookUpAt(zone.place, seconds)
}

/** The abbreviation is looked up when it is asked for: only some layouts show it. */
function lookUpHere(seconds: number): ZoneTime {
  const minutes = new Date(seconds * 1000).getTimezoneOffset()
  if (seconds < WHOLE_MINUTES || Number.isNaN(minutes)) return lookUpAt(placeHere(), seconds)
  const offset = 0 - minutes * 60
  return {
    offset,
    get abbreviation() {
      const place = placeHere()
      return place === undefined ? UTC.name : abbreviationOf(place, offset)
    },
  }
}

/** In February of 1972: the last zone whose offset had seconds, which Date leaves out, had gone. */
const WHOLE_MINUTES = 65_750_400

function lookUpAt(place: string | undefined, seconds: number): ZoneTime {
  if (place === undefined) return { offset: 0, abbreviation: UTC.name }
  const text = formatterOf(place)?.format(seconds * 1000) ?? ''
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(text)
  const [, sign = '+', hours = '0', minutes = '0', rest = '0'] = match ?? []
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
  const offset = sign === '-' ? -size : size
  return { offset, abbreviation: abbreviationOf(place, offset) }
}

/**
 * The offset that an abbreviation stands for in a zone, also at another time of the year.
 *
 * @returns undefined for an abbreviation that the zone does not have
 */
export function offsetNamed(zone: Zone, abbreviation: string): number | undefined {
  const place = zone.place === HERE ? placeHere() : zone.place
  if (place === undefined) return nameOf(zone) === abbreviation ? zone.offset : undefined
  abbreviations ??= readAbbreviations()
  const names = abbreviations.get(place) ?? new Map<number, string>()
  return [...names].find(([, name]) => name === abbreviation)?.[0]
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Undefined for a zone that JavaScript does not know. */
function formatterOf(place: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(place)
  if (known !== undefined) return known
  try {
    const options = { timeZone: place, timeZoneName: 'longOffset', year: 'numeric' } as const
    const formatter = new Intl.DateTimeFormat('en-US', options)
    formatters.set(place, formatter)
    return formatter
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

let abbreviations: Map<string, Map<number, string>> | undefined

function abbreviationOf(place: string, offset: number): string {
  abbreviations ??= readAbbreviations()
  return abbreviations.get(place)?.get(offset) ?? numeric(offset)
}

/** `+03`, `-0330`: how the tz database names zones that have no abbreviation. */
function numeric(offset: number): string {
  const minutes = Math.trunc(Math.abs(offset) / 60)
  const text = String(Math.trunc(minutes / 60)).padStart(2, '0')
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${text}${rest}`
}

function readAbbreviations(): Map<string, Map<number, string>> {
  const zones = new Map<string, Map<number, string>>()
  for (const line of ZONE_ABBREVIATIONS.trim().split('\n')) {
    const [names = '', areas = ''] = line.split(': ')
    const byOffset = new Map(
      [...names.matchAll(/([A-Z]+)([+-]\d+)/g)].map((match) => [
        Number(match[2]) * 60,
        match[1] ?? '',
      ]),
    )
    for (const area of areas.split(' ')) {
      const cut = area.lastIndexOf('/') + 1
      for (const place of area.slice(cut).split(','))
        zones.set(area.slice(0, cut) + place, byOffset)
    }
  }
  return zones
}
