package main

import (
	"strings"

	"github.com/vultr/govultr/v3"
)

// What servers are made with.
type network struct {
	vpc, otherVPC, group, key string
}

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6yFfX5mBqzBhqA8Gm1QbfpTXl1bN0mUCz3Gq8l2w4K client@example.com"

func (s *story) makeNetwork() network {
	made := network{vpc: s.makeVPC(), key: s.makeKey(), group: s.makeFirewall()}
	other, _, err := s.VPC.Create(s.ctx, &govultr.VPCReq{Region: region, Description: "client-other"})
	need("a VPC without a subnet", err)
	s.check("a VPC without a subnet is given one", other.V4Subnet != "" && other.V4SubnetMask > 0)
	made.otherVPC = other.ID
	return made
}

func (s *story) makeVPC() string {
	vpc, _, err := s.VPC.Create(s.ctx, &govultr.VPCReq{Region: region, Description: "client", V4Subnet: "10.77.0.0", V4SubnetMask: 24})
	need("a VPC", err)
	need("another description of it", s.VPC.Update(s.ctx, vpc.ID, "client-vpc"))
	read, _, err := s.VPC.Get(s.ctx, vpc.ID)
	need("the VPC", err)
	equal(s, "a VPC has its subnet", read.V4Subnet, "10.77.0.0")
	equal(s, "and its size", read.V4SubnetMask, 24)
	equal(s, "and the description it was given later", read.Description, "client-vpc")
	_, _, err = s.VPC.Create(s.ctx, &govultr.VPCReq{Region: "nowhere", V4Subnet: "10.78.0.0", V4SubnetMask: 24})
	s.check("a VPC in no region is refused, with the reason", err != nil && strings.Contains(err.Error(), "region"))
	return vpc.ID
}

func (s *story) makeKey() string {
	key, _, err := s.SSHKey.Create(s.ctx, &govultr.SSHKeyReq{Name: "client", SSHKey: publicKey})
	need("an SSH key", err)
	need("another name of it", s.SSHKey.Update(s.ctx, key.ID, &govultr.SSHKeyReq{Name: "client-key"}))
	read, _, err := s.SSHKey.Get(s.ctx, key.ID)
	need("the SSH key", err)
	equal(s, "an SSH key has its new name", read.Name, "client-key")
	equal(s, "and is as it was", read.SSHKey, publicKey)
	return key.ID
}

func (s *story) makeFirewall() string {
	group, _, err := s.FirewallGroup.Create(s.ctx, &govultr.FirewallGroupReq{Description: "client"})
	need("a firewall group", err)
	need("another description of it", s.FirewallGroup.Update(s.ctx, group.ID, &govultr.FirewallGroupReq{Description: "client-group"}))
	rules := map[string]int{}
	for _, wanted := range []govultr.FirewallRuleReq{
		{IPType: "v4", Protocol: "tcp", Subnet: "0.0.0.0", SubnetSize: 0, Port: "22", Notes: "ssh"},
		{IPType: "v4", Protocol: "udp", Subnet: "192.0.2.0", SubnetSize: 24, Port: "51820:51830", Notes: "wireguard"},
		{IPType: "v6", Protocol: "icmp", Subnet: "::", SubnetSize: 0, Notes: "ping"},
	} {
		rule, _, err := s.FirewallRule.Create(s.ctx, group.ID, &wanted)
		need("a firewall rule", err)
		rules[wanted.Notes] = rule.ID
	}
	udp, _, err := s.FirewallRule.Get(s.ctx, group.ID, rules["wireguard"])
	need("a firewall rule", err)
	equal(s, "a firewall rule has its ports", udp.Port, "51820:51830")
	equal(s, "and its network", udp.Subnet, "192.0.2.0")
	equal(s, "and accepts", udp.Action, "accept")
	need("a rule's removal", s.FirewallRule.Delete(s.ctx, group.ID, rules["ping"]))
	_, _, err = s.FirewallRule.Get(s.ctx, group.ID, rules["ping"])
	s.check("a removed rule is told as Terraform knows it", err != nil && strings.Contains(err.Error(), "Firewall rule ID not found"))
	left, meta, _, err := s.FirewallRule.List(s.ctx, group.ID, &govultr.ListOptions{PerPage: 100})
	need("firewall rules", err)
	s.check("two rules are left", len(left) == 2 && meta.Total == 2)
	read, _, err := s.FirewallGroup.Get(s.ctx, group.ID)
	need("the firewall group", err)
	equal(s, "the group counts them", read.RuleCount, 2)
	equal(s, "and has its new description", read.Description, "client-group")
	return group.ID
}
