package main

import (
	"strings"

	"github.com/vultr/govultr/v3"
)

const (
	region = "ams"
	plan   = "vc2-1c-1gb"
	ubuntu = 1743
)

// catalogue reads what the cloud offers: without a key, as vultr-cli does before it is configured, and with it.
func (s *story) catalogue(nobody *govultr.Client) {
	_, _, err := nobody.Account.Get(s.ctx)
	s.check("no account without a key", err != nil && strings.Contains(err.Error(), "Invalid API token"))
	account, _, err := s.Account.Get(s.ctx)
	need("the account", err)
	s.check("the account has an owner and a balance", account.Email != "" && account.Balance != 0)

	regions, count, total := pages(func(o *govultr.ListOptions) ([]govultr.Region, *govultr.Meta, error) {
		found, meta, _, err := nobody.Region.List(s.ctx, o)
		return found, meta, err
	}, 5)
	s.check("regions, without a key, over pages of 5", count > 1 && len(regions) == total)
	equal(s, "the region is among them", find(regions, func(r govultr.Region) bool { return r.ID == region }).City, "Amsterdam")
	plans, _, _, err := nobody.Plan.List(s.ctx, "vc2", &govultr.ListOptions{PerPage: 100})
	need("plans", err)
	found := find(plans, func(p govultr.Plan) bool { return p.ID == plan })
	s.check("plans of one type, with their size and price", found.VCPUCount == 1 && found.RAM == 1024 && found.MonthlyCost > 0)
	systems, _, _, err := nobody.OS.List(s.ctx, &govultr.ListOptions{PerPage: 100})
	need("systems", err)
	equal(s, "systems have the names that users write", find(systems, func(o govultr.OS) bool { return o.ID == ubuntu }).Name,
		"Ubuntu 22.04 LTS x64")
}

// find: the first that fits, or one without content.
func find[T any](all []T, fits func(T) bool) (none T) {
	for _, one := range all {
		if fits(one) {
			return one
		}
	}
	return none
}
