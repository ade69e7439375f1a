import { PkgError } from './errors.ts'
import { LIMITS } from './limits.ts'

/**
 * Counts what one function makes of a value.
 *
 * A map may hold another in many places, and that one a third: what is small in memory is
 * without bound as text or as a copy, and takes as long.
 */
export class ValueBudget {
  private values: number = LIMITS.values
  private characters: number = LIMITS.stringBytes

  /** @throws PkgError RENDER_BUDGET when the function went through too many values */
  visit(): void {
    if (--this.values < 0) throw tooManyValues()
  }

  /**
   * Counts a piece of text that was written.
   *
   * @throws PkgError RENDER_BUDGET when all pieces together are too long
   */
  write(characters: number): void {
    if ((this.characters -= characters) < 0) throw tooLong()
  }

  /**
   * Compares with what was written in all.
   *
   * @throws PkgError RENDER_BUDGET when it is too long
   */
  assertLength(characters: number): void {
    if (characters > LIMITS.stringBytes) throw tooLong()
  }
}

const HINT = 'Look for a map or a list that holds another one many times.'

function tooManyValues(): PkgError {
  const most = LIMITS.values.toLocaleString('en-US')
  return new PkgError('RENDER_BUDGET', `a value holds more than ${most} others`, { hint: HINT })
}

function tooLong(): PkgError {
  const most = LIMITS.stringBytes.toLocaleString('en-US')
  return new PkgError('RENDER_BUDGET', `a value is more than ${most} bytes as text`, {
    hint: HINT,
  })
}
