// Command etcd is the store behind the tests' API server. etcd's own module of the program has replacements in its go.mod, which only a main module
// may have, so its library's entry point is called from here.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
