package main

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/vultr/govultr/v3"
)

// More than a page, of which two carry a tag.
func (s *story) makeServers(n network) []string {
	var made []string
	for i := range 5 {
		tags := []string{"client"}
		if i < 2 {
			tags = append(tags, "client-web")
		}
		server, _, err := s.Instance.Create(s.ctx, &govultr.InstanceCreateReq{
			Region: region, Plan: plan, OsID: ubuntu, Label: fmt.Sprintf("client-%d", i), Hostname: fmt.Sprintf("client-%d", i), Tags: tags,
			AttachVPC: []string{n.vpc}, FirewallGroupID: n.group, SSHKeys: []string{n.key}, EnableIPv6: govultr.BoolToBoolPtr(true),
			UserData: base64.StdEncoding.EncodeToString([]byte("#cloud-config\n"))})
		need("a server", err)
		equal(s, "a new server is pending", server.Status, "pending")
		made = append(made, server.ID)
	}
	for _, id := range made {
		s.eventually("it becomes active, with addresses", func() bool {
			server := s.server(id)
			return server.Status == "active" && server.ServerStatus == "ok" && strings.HasPrefix(server.InternalIP, "10.77.0.") &&
				server.MainIP != "0.0.0.0" && slices.Contains(server.Features, "ipv6")
		})
	}
	s.findServers(made)
	return made
}

func (s *story) server(id string) *govultr.Instance {
	server, _, err := s.Instance.Get(s.ctx, id)
	need("a server", err)
	return server
}

func (s *story) list(options *govultr.ListOptions) ([]govultr.Instance, *govultr.Meta, error) {
	found, meta, _, err := s.Instance.List(s.ctx, options)
	return found, meta, err
}

func (s *story) findServers(made []string) {
	all, count, total := pages(s.list, 2)
	s.check("five servers on three pages, each once", len(all) == 5 && count == 3 && total == 5)
	for _, id := range made {
		s.check("every one of them is listed", find(all, func(i govultr.Instance) bool { return i.ID == id }).ID == id)
	}
	for _, search := range []struct {
		by      string
		options govultr.ListOptions
		wanted  int
	}{
		{"tag", govultr.ListOptions{Tag: "client-web"}, 2},
		{"label", govultr.ListOptions{Label: "client-3"}, 1},
		{"address", govultr.ListOptions{MainIP: s.server(made[4]).MainIP}, 1},
		{"region", govultr.ListOptions{Region: region}, 5},
		{"another region", govultr.ListOptions{Region: "blr"}, 0},
	} {
		found, meta, err := s.list(&search.options)
		need("servers by "+search.by, err)
		equal(s, "servers by "+search.by, len(found), search.wanted)
		equal(s, "and their number", meta.Total, search.wanted)
	}
}

// changeServer does what vultr-cli's commands and a changed Terraform resource do.
func (s *story) changeServer(n network, id string) {
	data := base64.StdEncoding.EncodeToString([]byte("#cloud-config\n# changed\n"))
	_, _, err := s.Instance.Update(s.ctx, id, &govultr.InstanceUpdateReq{
		Label: "client-renamed", Tags: []string{"client", "client-db"}, UserData: &data, DDOSProtection: govultr.BoolToBoolPtr(true)})
	need("a changed server", err)
	server := s.server(id)
	equal(s, "a server has its new label", server.Label, "client-renamed")
	s.check("its tags are replaced", slices.Equal(server.Tags, []string{"client", "client-db"}))
	s.check("its features follow", slices.Contains(server.Features, "ddos_protection"))
	equal(s, "its firewall group stays", server.FirewallGroupID, n.group)
	read, _, err := s.Instance.GetUserData(s.ctx, id)
	need("user-data", err)
	equal(s, "it has its new user-data", read.Data, data)

	addresses, _, _, err := s.Instance.ListIPv4(s.ctx, id, &govultr.ListOptions{PerPage: 100})
	need("addresses", err)
	main := find(addresses, func(a govultr.IPv4) bool { return a.Type == "main_ip" })
	equal(s, "its addresses are listed", main.IP, server.MainIP)
	schedule, _, err := s.Instance.GetBackupSchedule(s.ctx, id)
	need("the backup schedule", err)
	s.check("its backups are off, and said to be", schedule.Enabled != nil && !*schedule.Enabled)
	s.power(id)
	s.attach(n, id)
}

func (s *story) power(id string) {
	need("halt", s.Instance.Halt(s.ctx, id))
	s.eventually("a halted server is stopped", func() bool { return s.server(id).PowerStatus == "stopped" })
	need("start", s.Instance.Start(s.ctx, id))
	s.eventually("a started one runs", func() bool { return s.server(id).PowerStatus == "running" })
	need("reboot", s.Instance.Reboot(s.ctx, id))
	s.eventually("so does a rebooted one", func() bool { return s.server(id).PowerStatus == "running" })
}

func (s *story) attach(n network, id string) {
	has := func(vpc string) bool {
		vpcs, _, _, err := s.Instance.ListVPCInfo(s.ctx, id, &govultr.ListOptions{PerPage: 100})
		need("a server's VPCs", err)
		return find(vpcs, func(v govultr.VPCInfo) bool { return v.ID == vpc && v.IPAddress != "" && v.MacAddress != "" }).ID == vpc
	}
	need("a second VPC", s.Instance.AttachVPC(s.ctx, id, n.otherVPC))
	s.eventually("a second VPC is attached", func() bool { return has(n.otherVPC) })
	s.check("beside the first", has(n.vpc))
	attachments, meta, _, err := s.VPC.ListAttachments(s.ctx, n.vpc, &govultr.ListOptions{PerPage: 100})
	need("the VPC's attachments", err)
	s.check("the first VPC lists five servers", len(attachments) == 5 && meta.Total == 5)
	need("its removal", s.Instance.DetachVPC(s.ctx, id, n.otherVPC))
	s.eventually("and is gone when detached", func() bool { return !has(n.otherVPC) })
}

// takeDown goes Terraform's way: a server leaves its VPCs, then it is deleted, then the VPC for as long as it is refused.
func (s *story) takeDown(n network, servers []string) {
	for _, id := range servers {
		_, _, err := s.Instance.Update(s.ctx, id, &govultr.InstanceUpdateReq{DetachVPC: []string{n.vpc}})
		need("a detached server", err)
		need("a server's deletion", s.Instance.Delete(s.ctx, id))
	}
	_, _, err := s.Instance.Get(s.ctx, servers[0])
	s.check("a deleted server is not found", err != nil && strings.Contains(err.Error(), "instance not found"))
	for _, vpc := range []string{n.vpc, n.otherVPC} {
		s.eventually("a VPC can be deleted once nothing is attached", func() bool {
			err := s.VPC.Delete(s.ctx, vpc)
			if err != nil && !strings.Contains(err.Error(), "attached") {
				need("a VPC's deletion", err)
			}
			return err == nil
		})
	}
	_, _, err = s.VPC.Get(s.ctx, n.vpc)
	s.check("a deleted VPC is told as Terraform knows it", err != nil && strings.Contains(err.Error(), "Invalid VPC ID"))
	need("the firewall group's deletion", s.FirewallGroup.Delete(s.ctx, n.group))
	need("the SSH key's deletion", s.SSHKey.Delete(s.ctx, n.key))
	_, _, err = s.SSHKey.Get(s.ctx, n.key)
	s.check("so is a deleted SSH key", err != nil && strings.Contains(err.Error(), "Invalid ssh key"))
	left, _, err := s.list(&govultr.ListOptions{Tag: "client"})
	need("servers", err)
	equal(s, "servers left", len(left), 0)
}
