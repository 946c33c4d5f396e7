// Package storetest holds the suite that every [coach.Store] passes, a wrapper
// that makes a store fail in the ways real ones do, and starters for real Redis
// servers.
//
// A new store calls [Run] from its tests. What the suite does not ask for is
// not promised by the contract.
package storetest
