package redisstore

import (
	"iter"
	"slices"
	"strconv"
	"time"
)

// snapshotBatch bounds the arguments of one command of a snapshot.
const snapshotBatch = 512

// snapshot yields records that make what the server now holds, a key each.
func (e *embedded) snapshot() iter.Seq[record] {
	return func(yield func(record) bool) {
		now := time.Now()
		for _, key := range e.redis.Keys() {
			r := record{at: now, commands: e.commandsFor(key)}
			if ttl := e.redis.TTL(key); ttl > 0 {
				r.commands = append(r.commands, []string{"PEXPIRE", key, strconv.FormatInt(max(1, ttl.Milliseconds()), 10)})
			}
			if !yield(r) {
				return
			}
		}
	}
}

// commandsFor returns the commands that make the value of a key. The server
// holds no other types than these, see effective.
func (e *embedded) commandsFor(key string) [][]string {
	var command string
	var args []string
	switch e.redis.Type(key) {
	case "string":
		value, _ := e.redis.Get(key)
		return [][]string{{"SET", key, value}}
	case "hash":
		command = "HSET"
		fields, _ := e.redis.HKeys(key)
		for _, field := range fields {
			args = append(args, field, e.redis.HGet(key, field))
		}
	case "list":
		command = "RPUSH"
		args, _ = e.redis.List(key)
	case "set":
		command = "SADD"
		args, _ = e.redis.Members(key)
	case "zset":
		command = "ZADD"
		scores, _ := e.redis.SortedSet(key)
		for member, score := range scores {
			args = append(args, strconv.FormatFloat(score, 'g', -1, 64), member)
		}
	}
	var commands [][]string
	for batch := range slices.Chunk(args, snapshotBatch) {
		commands = append(commands, append([]string{command, key}, batch...))
	}
	return commands
}
