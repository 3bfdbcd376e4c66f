package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// aboutBuild is what somebody on the phone needs to know of this binary: version, commit, Go, and every module in it.
func aboutBuild() []string {
	lines := []string{"vigie " + version, "commit " + commit, fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return lines
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		lines = append(lines, m.Path+" "+m.Version)
	}
	return lines
}
