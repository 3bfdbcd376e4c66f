# Sourced by exec where BENCH_DEB names a package: makes $room/root, a Debian in which the package was installed before
# its first boot, as on a card that was written at home. systemd is its first process. The program that exec runs has
# the host's files as everywhere on the bench; the machine's are /proc/1/root.

machine() {
	local debian deb=$BENCH_DEB units=$room/root/etc/systemd/system
	debian=$("$here/build-debian") || return
	cp -a "$debian" "$room/root" || return
	cp "$deb" "$room/root/vigie.deb"
	[[ -z ${BENCH_CONFIG:-} ]] || { mkdir -p "$room/root/etc/vigie" && cp "$BENCH_CONFIG" "$room/root/etc/vigie/config.yaml"; }
	chroot "$room/root" dpkg --force-confold -i /vigie.deb >"$room/dpkg.log" 2>&1 || { cat "$room/dpkg.log" >&2; return 1; }

	# As on boards whose root is read-only: nothing else keeps a file of the root open for writing.
	mkdir -p "$room/root/etc/systemd/journald.conf.d"
	printf '[Journal]\nStorage=volatile\n' >"$room/root/etc/systemd/journald.conf.d/bench.conf"

	# The host's files, with the machine's devices, beside the machine's own.
	cat >"$units/bench-host.service" <<-EOF
		[Unit]
		DefaultDependencies=no
		Requires=sys-kernel-config.mount
		After=sys-kernel-config.mount systemd-udevd.service
		Before=sysinit.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		# By mount(2): the calls that followed it have no way to give hostfs its directory.
		Environment=LIBMOUNT_FORCE_MOUNT2=always
		ExecStart=/bin/mount -t hostfs -o / none /host
		ExecStart=/bin/sh -c 'for d in dev proc sys run; do mount --rbind /\$d /host/\$d || exit 1; done'
		ExecStart=/usr/sbin/chroot /host $here/init board
		[Install]
		WantedBy=sysinit.target
	EOF
	cat >"$units/bench.service" <<-EOF
		[Unit]
		After=basic.target
		[Service]
		Type=exec
		Environment=BENCH_ROOM=$room
		ExecStart=/usr/sbin/chroot /host $here/init program
		[Install]
		WantedBy=multi-user.target
	EOF
	# Files that a program makes here belong to root, whoever it is: the unit's state needs a file system with users.
	cat >"$units/var-lib-vigie.mount" <<-EOF
		[Unit]
		Before=vigie.service
		[Mount]
		What=state
		Where=/var/lib/vigie
		Type=tmpfs
		[Install]
		WantedBy=multi-user.target
	EOF
	chroot "$room/root" systemctl -q enable var-lib-vigie.mount bench-host.service bench.service
}
