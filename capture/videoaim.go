package capture

// aim is what pictures are made for.
type aim struct {
	sink Sink
	cut  bool
	turn int // counts the changes
}

// turn has viewers get the whole new picture at once, and none of the old. v.mu is held.
func (v *Video) turn() {
	v.aim.turn++
	v.idr.Store(true)
}

// aimed is what the next picture is made for.
func (v *Video) aimed() aim {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.aim
}

// begin tells whether the next picture is to be an IDR. One that was asked for by a later turn is left for its pictures:
// with the IDR the encoder forgets those before.
func (v *Video) begin(to aim) (idr, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.aim.turn != to.turn {
		return false, false
	}
	return v.idr.Swap(false), true
}

// write hands a unit to the sink, unless it was made for what is no more.
func (v *Video) write(u *AccessUnit, to aim) {
	defer u.Release()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.aim.turn != to.turn {
		v.stats.discarded.Add(1)
		return
	}
	v.stats.coded(u)
	to.sink.WriteVideo(u)
}
