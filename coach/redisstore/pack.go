package redisstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// A packer writes a record: integers as varints, strings as their length and
// bytes. Every record begins with the version of its shape.
type packer []byte

func (p *packer) int(n int) { *p = binary.AppendVarint(*p, int64(n)) }

func (p *packer) size(n int) { *p = binary.AppendUvarint(*p, uint64(n)) }

func (p *packer) str(s string) {
	p.size(len(s))
	*p = append(*p, s...)
}

// bits writes up to eight booleans.
func (p *packer) bits(flags ...bool) {
	var b byte
	for i, flag := range flags {
		if flag {
			b |= 1 << i
		}
	}
	*p = append(*p, b)
}

// time writes t to the nanosecond; its zone is not kept.
func (p *packer) time(t time.Time) {
	p.int(int(t.Unix()))
	p.int(t.Nanosecond())
}

func packList[T any](p *packer, list []T, pack func(T)) {
	p.size(len(list))
	for _, v := range list {
		pack(v)
	}
}

func packMap[K ~string, V any](p *packer, m map[K]V, pack func(V)) {
	p.size(len(m))
	for k, v := range m {
		p.str(string(k))
		pack(v)
	}
}

// An unpacker reads what a packer wrote. After an error it returns zeros.
type unpacker struct {
	version int
	b       string
	err     error
}

var errTruncated = errors.New("the record is truncated or damaged")

// unpack returns an unpacker behind the version, which may be an earlier one.
func unpack(record string, version int) *unpacker {
	u := &unpacker{b: record}
	if u.version = u.int(); u.err == nil && (u.version < 1 || u.version > version) {
		u.err = fmt.Errorf("the record has version %d, this program reads version %d", u.version, version)
	}
	return u
}

func (u *unpacker) fail() {
	if u.err == nil {
		u.err = errTruncated
	}
	u.b = ""
}

func (u *unpacker) int() int {
	v := u.uint()
	return int(v>>1) ^ -int(v&1)
}

func (u *unpacker) uint() uint {
	var v uint
	for i := 0; i < len(u.b) && i < binary.MaxVarintLen64; i++ {
		v |= uint(u.b[i]&0x7f) << (7 * i)
		if u.b[i] < 0x80 {
			u.b = u.b[i+1:]
			return v
		}
	}
	u.fail()
	return 0
}

// take reads n bytes.
func (u *unpacker) take(n int) string {
	if n > len(u.b) {
		u.fail()
		return ""
	}
	s := u.b[:n]
	u.b = u.b[n:]
	return s
}

func (u *unpacker) str() string {
	return u.take(u.size())
}

// size reads the length of a string or a list, each item of which takes a byte
// or more.
func (u *unpacker) size() int {
	size := u.uint()
	if size > uint(len(u.b)) {
		u.fail()
		return 0
	}
	return int(size)
}

func (u *unpacker) bits(flags ...*bool) {
	if u.err != nil || len(u.b) == 0 {
		u.fail()
		return
	}
	for i, flag := range flags {
		*flag = u.b[0]&(1<<i) != 0
	}
	u.b = u.b[1:]
}

func (u *unpacker) time() time.Time {
	sec, nsec := u.int(), u.int()
	return time.Unix(int64(sec), int64(nsec)).UTC()
}

func unpackList[T any](u *unpacker, unpack func() T) []T {
	n := u.size()
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = unpack()
	}
	return list
}

func unpackMap[K ~string, V any](u *unpacker, unpack func() V) map[K]V {
	n := u.size()
	m := make(map[K]V, n)
	for range n {
		k := K(u.str())
		m[k] = unpack()
	}
	return m
}

// done returns what went wrong, naming the record.
func (u *unpacker) done(kind, id string) error {
	if u.err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, u.err)
	}
	return nil
}
