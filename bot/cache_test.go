package bot

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	c := NewCache[int](2, 0)
	c.Put("a", 1)
	c.Put("b", 2)
	c.Get("a")
	c.Put("c", 3)
	for key, want := range map[string]int{"a": 1, "b": 0, "c": 3} {
		if got, ok := c.Get(key); got != want || ok != (want != 0) {
			t.Errorf("%s is %d, %t", key, got, ok)
		}
	}
	if before, found := c.GetOrPut("a", 4); before != 1 || !found {
		t.Errorf("a is %d, %t", before, found)
	}
	c.Forget("a")
	if _, found := c.GetOrPut("a", 4); found {
		t.Error("a is not forgotten")
	}
	c.Clear()
	if got, ok := c.Get("a"); ok {
		t.Errorf("after all was cleared a is %d", got)
	}
}

func TestCacheKeepsForATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCache[int](2, time.Hour)
		c.Put("a", 1)
		time.Sleep(time.Hour) // of the bubble's time
		if _, ok := c.Get("a"); !ok {
			t.Error("it is forgotten early")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := c.Get("a"); ok {
			t.Error("it is kept too long")
		}
	})
}
