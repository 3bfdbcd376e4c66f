package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
)

// aboutBuild is what somebody on the phone needs to know of this binary.
func aboutBuild() []string {
	lines := []string{"vigie " + version, fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return lines
	}
	tell := []string{"github.com/pion/webrtc/v4", "github.com/pion/mediadevices", "periph.io/x/host/v3"}
	for _, m := range info.Deps {
		if slices.Contains(tell, m.Path) {
			lines = append(lines, m.Path+" "+m.Version)
		}
	}
	return lines
}
