package redisstore_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"studycoach/coach/redisstore"
)

// BenchmarkCheckIn commits changes like check-ins, each a load and a commit,
// beside a bare script that does nothing; see sideBySide.
func BenchmarkCheckIn(b *testing.B) {
	for _, on := range []string{"embedded", "redis"} {
		b.Run(on, func(b *testing.B) {
			s := openFor(b, on)
			var n atomic.Int64
			sideBySide(b, redisstore.ClientOf(s), func(ctx context.Context) error {
				i := n.Add(1)
				scope, fn := checkIn(fmt.Sprintf("%d/%d/%d", i%2000, b.N, i))
				_, _, err := s.Update(ctx, scope, fn)
				return err
			})
		})
	}
}
