//go:build bench

package bench

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Namespace is a network of its own: a machine, as far as the network goes (ip-netns(8)).
type Namespace struct {
	Name string
	t    testing.TB
}

// NewNamespace makes a network that has nothing but a loopback. It is removed when the test ends, with its interfaces.
func NewNamespace(t testing.TB, name string) *Namespace {
	t.Helper()
	run(t, exec.Command("ip", "netns", "add", name))
	t.Cleanup(func() { run(t, exec.Command("ip", "netns", "delete", name)) })
	n := &Namespace{Name: name, t: t}
	n.ip("link", "set", "lo", "up")
	return n
}

// Enter makes a command run in the namespace, and returns it. Its process keeps its id: it is not wrapped in another.
func (n *Namespace) Enter(cmd *exec.Cmd) *exec.Cmd {
	inside := exec.Command("nsenter", append([]string{"--net=" + n.path(), cmd.Path}, cmd.Args[1:]...)...)
	inside.Dir, inside.Env, inside.Stdin = cmd.Dir, cmd.Env, cmd.Stdin
	return inside
}

// Do calls f on a thread that is in the namespace: sockets that f opens itself stay in it, goroutines that it starts
// are outside.
func (n *Namespace) Do(f func() error) error {
	n.t.Helper()
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine and its namespace with it
		failed <- func() error {
			fd, err := unix.Open(n.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
				return err
			}
			return f()
		}()
	}()
	return <-failed
}

func (n *Namespace) path() string { return "/run/netns/" + n.Name }

func (n *Namespace) ip(args ...string) {
	n.t.Helper()
	run(n.t, exec.Command("ip", append([]string{"-netns", n.Name}, args...)...))
}

// Interface is one end of a cable between two namespaces.
type Interface struct {
	Name string
	ns   *Namespace
}

// Connect lays a cable between two namespaces and gives each end an address, such as 10.0.0.1/24 or fd00::1/64.
func Connect(a *Namespace, addressA string, b *Namespace, addressB string) (*Interface, *Interface) {
	a.t.Helper()
	endA, endB := &Interface{"to-" + b.Name, a}, &Interface{"to-" + a.Name, b}
	a.ip("link", "add", endA.Name, "type", "veth", "peer", "name", endB.Name, "netns", b.Name)
	endA.up(addressA)
	endB.up(addressB)
	return endA, endB
}

func (i *Interface) up(address string) {
	i.ns.t.Helper()
	args := []string{"address", "add", address, "dev", i.Name}
	if strings.Contains(address, ":") {
		args = append(args, "nodad") // an address that is usable at once
	}
	i.ns.ip(args...)
	i.Up()
}

// Shape makes what leaves by this end go through a queueing discipline of tc(8), in place of the one before: "netem
// delay 40ms loss 2%", "tbf rate 1mbit burst 16kb latency 200ms", "pfifo" for none.
func (i *Interface) Shape(discipline string) {
	i.ns.t.Helper()
	args := []string{"-netns", i.ns.Name, "qdisc", "replace", "dev", i.Name, "root"}
	run(i.ns.t, exec.Command("tc", append(args, strings.Fields(discipline)...)...))
}

// Down takes the link away: both ends see the cable pulled, and keep their IPv4 addresses.
func (i *Interface) Down() { i.ns.t.Helper(); i.ns.ip("link", "set", i.Name, "down") }

// Up gives it back.
func (i *Interface) Up() { i.ns.t.Helper(); i.ns.ip("link", "set", i.Name, "up") }
