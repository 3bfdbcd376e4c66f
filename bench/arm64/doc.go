// Package arm64 boots a board of the architecture that most boards have, with the Debian package installed as it is
// shipped, and goes live on it: make bench-arm64.
//
// The board is emulated (QEMU), instruction by instruction, and several times slower than a real one: no figure from
// here says how fast a board is. All else is Debian's own: its arm64 kernel and drivers, its systemd, its dpkg. The
// script build-debian makes and caches that Debian, boot installs the package, boots, and presses the button when the
// test, which runs on the board, asks for it.
package arm64
