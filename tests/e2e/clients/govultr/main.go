// The story of one user's network, told through govultr: the library that vultr-cli and Terraform's provider are made of, which
// builds their requests, repeats them and reads the answers. The client is made as they make it: a bearer token by oauth2, govultr's
// own address. They have no setting for another one; this program has: -url.
//
// Prints a line for each check. Exit code 0: all held, and the account holds nothing of ours any more.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/vultr/govultr/v3"
	"golang.org/x/oauth2"
)

type story struct {
	*govultr.Client
	ctx    context.Context
	failed int
}

func (s *story) check(what string, holds bool) {
	if holds {
		fmt.Println("ok      " + what)
		return
	}
	s.failed++
	fmt.Println("FAILED  " + what)
}

// equal tells what was found when it is not what was wanted.
func equal[T comparable](s *story, what string, found, wanted T) {
	if found != wanted {
		what = fmt.Sprintf("%s: found %v, wanted %v", what, found, wanted)
	}
	s.check(what, found == wanted)
}

// need ends the story where what follows could only repeat the failure.
func need(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "FAILED  %s: %v\n", what, err)
		os.Exit(1)
	}
}

// eventually asks until the answer is yes, for at most half a minute.
func (s *story) eventually(what string, holds func() bool) {
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			s.check(what, false)
			return
		}
	}
	s.check(what, true)
}

// pages follows the cursors of a list to its end: what all pages hold, and how many there were.
func pages[T any](list func(*govultr.ListOptions) ([]T, *govultr.Meta, error), perPage int) (all []T, count, total int) {
	options := &govultr.ListOptions{PerPage: perPage}
	for {
		page, meta, err := list(options)
		need("a page of a list", err)
		all = append(all, page...)
		count++
		if meta.Links.Next == "" {
			return all, count, meta.Total
		}
		options.Cursor = meta.Links.Next
	}
}

func main() {
	url := flag.String("url", "", "where the API is, without /v2; govultr's own address when it is not given")
	flag.Parse()
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	token := &oauth2.Token{AccessToken: os.Getenv("VULTR_API_KEY")}
	s := &story{ctx: ctx, Client: govultr.NewClient(oauth2.NewClient(ctx, (&oauth2.Config{}).TokenSource(ctx, token)))}
	nobody := govultr.NewClient(nil)
	if *url != "" {
		need("the address", s.SetBaseURL(*url))
		need("the address", nobody.SetBaseURL(*url))
	}
	s.catalogue(nobody)
	network := s.makeNetwork()
	servers := s.makeServers(network)
	s.changeServer(network, servers[0])
	s.takeDown(network, servers)
	if s.failed > 0 {
		os.Exit(1)
	}
}
