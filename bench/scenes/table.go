package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// reports are the values of each figure, by whose it is ("ours", "stock") and its key.
type reports map[string]map[string][]float64

// read finds the figures in the output of go test -v. Other lines are not for us.
func read(output string) reports {
	all := reports{"ours": {}, "stock": {}}
	for line := range strings.Lines(output) {
		f := strings.Fields(line)
		if len(f) != 7 || f[1] != "ATTR" || f[3] != "scene" || all[f[4]] == nil {
			continue
		}
		if v, err := strconv.ParseFloat(f[6], 64); err == nil {
			all[f[4]][f[5]] = append(all[f[4]][f[5]], v)
		}
	}
	return all
}

func table(r reports) string {
	var b strings.Builder
	b.WriteString("| scene | to reach | ours, median | ours, worst | stock GCC, median (worst) | |\n|---|---|---|---|---|---|\n")
	for _, f := range figures {
		ours, stock := r["ours"][f.key], r["stock"][f.key]
		median, worst := f.write(f.sum(ours))
		beside := ""
		if len(stock) > 0 {
			m, w := f.write(f.sum(stock))
			beside = fmt.Sprintf("%s (%s)", m, w)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", f.scene, f.reach, median, worst, beside, f.verdict(ours))
	}
	return b.String()
}

// sum is the median and the worst of a figure's values, and how many there are.
func (f figure) sum(values []float64) (median, worst float64, n int) {
	if n = len(values); n == 0 {
		return 0, 0, 0
	}
	values = slices.Sorted(slices.Values(values))
	worst = values[n-1]
	if f.unit == share {
		worst = values[0]
	}
	return (values[(n-1)/2] + values[n/2]) / 2, worst, n
}

// verdict judges by the worst: what fails one show in twenty is not reached.
func (f figure) verdict(values []float64) string {
	_, worst, n := f.sum(values)
	switch {
	case n < f.repeats:
		return fmt.Sprintf("short: %d of %d repeats", n, f.repeats)
	case f.unit == share && worst < f.limit, f.unit != share && worst > f.limit:
		return "short"
	}
	return "ok"
}

func (f figure) write(median, worst float64, n int) (string, string) {
	one := func(v float64) string {
		switch {
		case n == 0:
			return "–"
		case math.IsInf(v, 0):
			return "never"
		case f.unit == share:
			return fmt.Sprintf("%.0f %%", 100*v)
		case f.unit == count:
			return fmt.Sprintf("%g", v)
		}
		return fmt.Sprintf("%.2f s", v)
	}
	return one(median), one(worst)
}
