package bot

import (
	"context"
	"time"
)

// Leases let one replica of several hold what only one may hold, such as a
// connection that brings every event.
type Leases interface {
	// Hold takes a lease or prolongs it, and tells whether holder has it now.
	// It lasts for d from the store's time on.
	Hold(ctx context.Context, name, holder string, d time.Duration) (bool, error)

	// Release gives a lease back at once; one that holder does not have stays.
	Release(ctx context.Context, name, holder string) error
}

// Notes are Leases with which the holder can leave a note for the next one,
// such as how far it has come.
type Notes interface {
	Leases

	// Leave leaves a note in place of the last one. It does nothing unless
	// holder has the lease.
	Leave(ctx context.Context, name, holder, note string) error

	// Left returns the last note; empty: there is none.
	Left(ctx context.Context, name string) (string, error)
}
