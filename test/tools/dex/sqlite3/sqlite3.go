// Package sqlite3 stands in for a storage of Dex that is C, which is not built here.
package sqlite3

// Error is what no call returns.
type Error struct{ ExtendedCode ErrNoExtended }

// ErrNoExtended numbers errors.
type ErrNoExtended int

// ErrConstraintPrimaryKey says that a key is there already.
const ErrConstraintPrimaryKey ErrNoExtended = 1555

func (Error) Error() string { return "no sqlite3" }
