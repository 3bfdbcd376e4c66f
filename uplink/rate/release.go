package rate

import "time"

// release takes the first packet of a kind out.
func (p *Pacer[T]) release(of Kind, now time.Duration) Packet[T] {
	k := p.queues[of].pop()
	p.octets[of] -= k.Bytes
	p.account(&k, now)
	return k
}

// account moves the next release by what a packet takes. What was not used is lost, up to a burst.
func (p *Pacer[T]) account(k *Packet[T], now time.Duration) {
	rate := p.pace
	if p.probe.Bytes > 0 {
		rate, k.Probe = float64(p.probe.Rate), true
		p.probe.Bytes -= k.Bytes
	}
	p.due = max(p.due, now) + time.Duration(float64(8*k.Bytes)/rate*float64(time.Second))
}

// forget throws retransmissions away that have waited too long.
func (p *Pacer[T]) forget(now time.Duration) {
	for q := &p.queues[Again]; q.len() > 0 && now-q.front().Born > againAge; {
		k := q.pop()
		p.octets[Again] -= k.Bytes
		p.drop(k)
	}
}

func (p *Pacer[T]) flush(of Kind) {
	for q := &p.queues[of]; q.len() > 0; {
		p.drop(q.pop())
	}
	p.octets[of] = 0
}

// ring is a queue that grows to what it has to hold.
type ring[T any] struct {
	all     []T
	head, n int
}

func (r *ring[T]) len() int  { return r.n }
func (r *ring[T]) front() *T { return &r.all[r.head] }

func (r *ring[T]) push(x T) {
	if r.n == len(r.all) {
		bigger := make([]T, max(2*r.n, 64))
		for i := range r.n {
			bigger[i] = r.all[(r.head+i)%len(r.all)]
		}
		r.all, r.head = bigger, 0
	}
	r.all[(r.head+r.n)%len(r.all)] = x
	r.n++
}

func (r *ring[T]) pop() (x T) {
	var none T
	x, r.all[r.head] = r.all[r.head], none
	r.head = (r.head + 1) % len(r.all)
	r.n--
	return x
}
