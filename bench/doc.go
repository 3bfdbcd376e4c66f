// Package bench is a Linux kernel that has the board's devices, and what tests need to play with them.
//
// The kernel is User Mode Linux: an ordinary program that is a whole Linux. It has a camera (vivid), a sound card whose
// microphone hears what is played into its other end (snd-aloop), a GPIO chip whose lines are pulled by writing to a
// file (gpio-sim), an H.264 encoder that behaves as the board's (kernel/encoder.c), a watchdog (softdog), network
// namespaces, and delay, loss and bottlenecks between them (netem, tbf). It needs neither root nor virtualisation,
// starts in half a second, and has the host's own files as its root, so that a program built a moment ago runs in it as
// it is:
//
//	go test -tags bench -exec "$PWD/bench/exec" ./bench ./capture/v4l2
//
// The script exec starts one kernel for each test binary, build-kernel builds and caches it, init makes it the board.
// With BENCH_TIME_TRAVEL=1 time runs only while the CPU is idle: delays and rates on the network are then exact, however
// slow the host is: the scenes of docs/performance.md are played so (play-scenes). No figure comes from here of how much
// CPU anything takes: one CPU, 0.4 of the host's speed, slow system calls. Nor does the race detector run here: a process
// has 512 GiB of addresses, and it wants more.
//
// With the build tag bench this package is the harness of the tests that run inside. Its helpers end the test when the
// bench itself does not work, and undo in t.Cleanup what they did:
//
//	button := bench.GPIO(t, "GPIO17")
//	red := bench.GPIO(t, "GPIO27").Watch()
//	bench.PlayTone(t, bench.Tone{Hz: 1000})
//	box, relay := bench.NewNamespace(t, "box"), bench.NewNamespace(t, "relay")
//	uplink, _ := bench.Connect(box, "10.0.0.1/24", relay, "10.0.0.2/24")
//	uplink.Shape("netem delay 40ms loss 2%")
//	wire := uplink.Capture()
//	vigie := bench.Start(t, box.Enter(bench.Vigie(t, config, "run")))
//	button.Bounce(bench.Low)
//	red.Wait(bench.High, 10*time.Second)
//	vigie.Stop()
//
// Its cameras and codecs; the webcam is not plugged in at first:
//
//	vivid           Camera: raw formats up to 3840x2160, and faults of its own (SetCamera). RefitCamera makes it an
//	                HDMI bridge, which has the size of its signal, or gives it contiguous memory.
//	bench-camera    PlugWebcam: MJPEG and H.264, YUYV at 640x480 alone; it shows what this package draws, is damaged
//	                and unplugged as a USB camera is, and comes back as another node. kernel/camera.c is its driver.
//	bench-encoder   H.264, contiguous memory alone; faults and figures in /sys/module/bench_encoder/parameters, which
//	                kernel/encoder.c lists
//	vim2m           a converter: RGB in (RGB565, RGB24), RGB and YUYV out, up to 640x480, 40 ms a picture
//	vicodec         FWHT, both ways
//
// Who can import whose memory: vivid and the webcam take the encoder's. The encoder refuses vivid's vmalloc memory with
// EFAULT, as the board refuses a USB camera's, and takes it where vivid was refitted with its dma-contig allocator
// ("allocators" 1). vivid reads its parameters whenever it is bound, so that they change in a kernel that runs; stock
// kernels have them read-only, kernel/vivid.patch makes two writable.
//
// All times are media time, capture.Now: CLOCK_MONOTONIC, so that an edge, a light and a packet compare.
package bench
