package main

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"vigie/device/config"
)

// service is vigie.service, as far as files matter: root, who types vigie check, reads more than it does.
type service struct {
	name   string // of its user and its group
	uid    uint32
	gids   []uint32
	tokens string   // the folder of which it is given copies (LoadCredential)
	unseen []string // folders that its sandbox hides (ProtectHome, PrivateTmp)
}

// findService is false where it cannot be told what the service reads: for who is not root, and where there is none.
func findService() (s service, ok bool) {
	u, err := user.Lookup("vigie")
	if err != nil || os.Geteuid() != 0 {
		return s, false
	}
	s = service{name: u.Username, tokens: "/etc/vigie/tokens", unseen: []string{"/home", "/root", "/run/user", "/tmp", "/var/tmp"}}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	s.uid = uint32(uid)
	groups, _ := u.GroupIds()
	for _, g := range append(groups, u.Gid) {
		if gid, err := strconv.ParseUint(g, 10, 32); err == nil {
			s.gids = append(s.gids, uint32(gid))
		}
	}
	return s, err == nil
}

// unreadable is a file that the service does not get at, and what to type.
type unreadable struct{ text, cure string }

// misses lists the files that the configuration names and that the service could not read.
func (s service) misses(c *config.Config) (all []unreadable) {
	look := func(key, path, place string) {
		if !filepath.IsAbs(path) { // not set, or a calendar's address
			return
		}
		if u, bad := s.missesFile(path, place); bad {
			all = append(all, unreadable{key + ": " + u.text, u.cure})
		}
	}
	look("relay.token_file", c.Relay.TokenFile, s.tokens)
	for i, b := range c.Relay.Backup {
		look(fmt.Sprintf("relay.backup[%d].token_file", i), b.TokenFile, s.tokens)
	}
	const place = "/etc/vigie"
	look("relay.ca_file", c.Relay.CAFile, place)
	look("relay.tls.cert", c.Relay.TLS.Cert, place)
	look("relay.tls.key", c.Relay.TLS.Key, place)
	look("schedule.calendar", string(c.Schedule.Calendar), place)
	look("status.tls.cert", c.Status.TLS.Cert, place)
	look("status.tls.key", c.Status.TLS.Key, place)
	return all
}

// missesFile looks at a file, at what it is a link to, and at the folders above both; place is where it could be instead. Of
// tokens systemd makes copies, but of plain files alone.
func (s service) missesFile(path, place string) (unreadable, bool) {
	if info, err := os.Lstat(path); err == nil && place == s.tokens && filepath.Dir(path) == s.tokens {
		return unreadable{path + " is a link, and systemd gives the service copies of the files in " + s.tokens + " alone",
			fmt.Sprintf("sudo cp --remove-destination \"$(readlink -f %s)\" %[1]s", path)}, !info.Mode().IsRegular()
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return unreadable{}, false // whoever opens it says so
	}
	var barred []string
	for _, p := range []string{path, real} {
		if i := slices.IndexFunc(s.unseen, func(dir string) bool { return strings.HasPrefix(p, dir+"/") }); i >= 0 {
			return unreadable{"the service sees nothing in " + s.unseen[i] + ", and " + path + " is there", "put it into " + place}, true
		}
		for dir := filepath.Dir(p); ; dir = filepath.Dir(dir) {
			if !slices.Contains(barred, dir) && !s.may(dir, 1) {
				barred = append(barred, dir)
			}
			if dir == "/" {
				break
			}
		}
	}
	if !s.may(real, 4) {
		barred = append(barred, real)
	}
	names := strings.Join(barred, " ")
	return unreadable{"the service, which runs as " + s.name + ", cannot read " + path,
		fmt.Sprintf("sudo chgrp %s %s && sudo chmod g+rX %[2]s", s.name, names)}, len(barred) > 0
}

// may is whether owner, group and mode let the service read (4) a file or go through (1) a folder. One with an access list of
// its own (acl(5)) is left to who has set it.
func (s service) may(path string, want os.FileMode) bool {
	info, err := os.Stat(path)
	if err != nil {
		return true
	}
	if n, err := unix.Getxattr(path, "system.posix_acl_access", nil); err == nil && n > 0 {
		return true
	}
	owner, mode := info.Sys().(*syscall.Stat_t), info.Mode().Perm()
	switch {
	case owner.Uid == s.uid:
		mode >>= 6
	case slices.Contains(s.gids, owner.Gid):
		mode >>= 3
	}
	return mode&want != 0
}
