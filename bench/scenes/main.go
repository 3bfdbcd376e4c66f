// Scenes folds what the bench's tests report of their scenes into the Markdown table of docs/performance.md.
//
// A test reports a figure with testing.TB.Attr, as often as the scene is repeated: the key is "scene", the value is whose
// figure it is, which one, and how much: "ours step-under 0.6". go test -v prints that as a line of its own:
//
//	=== ATTR  TestSceneStep scene ours step-under 0.6
//
// This program reads such output on its standard input and prints the table: a row for each figure that the scenes are
// to reach, with the median and the worst of the repeats. A row is "ok" if its worst repeat reaches it, and "short" if
// that does not, or if repeats are missing. bench/play-scenes runs it all.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	output, err := io.ReadAll(os.Stdin)
	if err == nil {
		_, err = os.Stdout.WriteString(table(read(string(output))))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "scenes:", err)
		os.Exit(1)
	}
}
