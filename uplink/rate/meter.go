package rate

import "time"

// grain is the resolution of a meter; it remembers grains of them, 2.56 s.
const (
	grain  = 10 * time.Millisecond
	grains = 256
	lost   = 10 // memories back: the clock was set anew
)

// meter adds amounts up by the time they belong to, on a clock that never moves back far. The zero meter is empty.
type meter struct {
	sum    [grains]int64
	newest int64 // the newest grain's number
	first  int64 // the first one's
	began  bool
}

// add enters an amount. One that is older than what a meter remembers is not entered.
func (m *meter) add(at time.Duration, amount int64) {
	g := int64(at / grain)
	if !m.began || g-m.newest > grains || m.newest-g > lost*grains {
		*m = meter{newest: g, first: g, began: true}
	}
	for m.newest < g {
		m.newest++
		m.sum[m.slot(m.newest)] = 0
	}
	if g > m.newest-grains {
		m.sum[m.slot(g)] += amount
		m.first = min(m.first, g)
	}
}

// total is the amount of the window that ends with the grain of at. What lies beyond the newest counts as nothing.
func (m *meter) total(at, window time.Duration) (total int64) {
	if !m.began {
		return 0
	}
	end := int64(at / grain)
	for g := max(end-int64(window/grain)+1, m.newest-grains+1); g <= min(end, m.newest); g++ {
		total += m.sum[m.slot(g)]
	}
	return total
}

// rate is the total of octets in bits a second. Before a whole window has passed it is of the time there was.
func (m *meter) rate(at, window time.Duration) float64 {
	if !m.began {
		return 0
	}
	since := time.Duration(int64(at/grain)-m.first+1) * grain
	window = max(min(window, since), 5*grain)
	return float64(8*m.total(at, window)) / window.Seconds()
}

func (m *meter) slot(g int64) int64 { return (g%grains + grains) % grains }
