package uplink

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func marshal(t testing.TB, p *rtcp.TransportLayerCC) []byte {
	t.Helper()
	p.Header = rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(p.MarshalSize()/4 - 1)}
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func run(status, length uint16) *rtcp.RunLengthChunk {
	return &rtcp.RunLengthChunk{Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: status, RunLength: length}
}

func vector(bits uint16, symbols ...uint16) *rtcp.StatusVectorChunk {
	return &rtcp.StatusVectorChunk{Type: rtcp.TypeTCCStatusVectorChunk, SymbolSize: bits, SymbolList: symbols}
}

const (
	lost  = rtcp.TypeTCCPacketNotReceived
	small = rtcp.TypeTCCPacketReceivedSmallDelta
	large = rtcp.TypeTCCPacketReceivedLargeDelta
	other = rtcp.TypeTCCPacketReceivedWithoutDelta
)

var someFeedback = rtcp.TransportLayerCC{
	BaseSequenceNumber: 65534, PacketStatusCount: 34, PacketChunks: []rtcp.PacketStatusChunk{
		run(small, 3), run(lost, 2), run(large, 1),
		vector(rtcp.TypeTCCSymbolSizeOneBit, small, lost, small, lost, lost, lost, lost, lost, lost, lost, lost, lost, lost, small),
		vector(rtcp.TypeTCCSymbolSizeTwoBit, lost, large, other, small, lost, lost, large),
		run(other, 6), vector(rtcp.TypeTCCSymbolSizeTwoBit, small, large, large, large, large, large, large), // one counts
	},
	RecvDeltas: []*rtcp.RecvDelta{{Type: small}, {Type: small}, {Type: small}, {Type: large, Delta: 64000}, {Type: small},
		{Type: small}, {Type: small}, {Type: large, Delta: 64000}, {Type: small}, {Type: large, Delta: 64000}, {Type: small}},
}

func TestArrivals(t *testing.T) {
	p := someFeedback
	b := marshal(t, &p)
	want := []uint16{65534, 65535, 0, 3, 4, 6, 17, 19, 21, 24, 31}
	if got := arrived(b); !isTransportFeedback(b) || !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var reference int64
	all := transportFeedback(b).read(nil, &reference)
	if len(all) != 34 || all[3].Arrived || all[3].At != 0 || all[5].At-all[2].At != 64*time.Millisecond || all[32].Arrived || !all[33].Arrived {
		t.Errorf("%+v", all)
	}
	s := liveSession()
	if n := testing.AllocsPerRun(10, func() { s.hearAll(s.video, b, 0) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// What pion can read, is read here as pion does.
func FuzzArrivals(f *testing.F) {
	p := someFeedback
	f.Add(marshal(f, &p))
	f.Fuzz(func(t *testing.T, b []byte) {
		var want, got []uint16
		var p rtcp.TransportLayerCC
		each(b, func(packet []byte) {
			if !isTransportFeedback(packet) {
				return
			}
			got = arrived(packet)
			if p = (rtcp.TransportLayerCC{}); p.Unmarshal(packet) != nil || p.PacketStatusCount > trailLen {
				return
			}
			if want = arrivalsOf(&p); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	})
}

func arrived(feedback []byte) (numbers []uint16) {
	var reference int64
	for _, a := range transportFeedback(feedback).read(nil, &reference) {
		if a.Arrived {
			numbers = append(numbers, a.Number)
		}
	}
	return numbers
}

// The receiver's clock goes on where its 24 bits end, and may go back a little.
func TestReferenceTimeIsUnwrapped(t *testing.T) {
	f := make(transportFeedback, feedbackChunks)
	var last int64
	at := func(n uint32) time.Duration {
		f[16], f[17], f[18] = byte(n>>16), byte(n>>8), byte(n)
		return f.reference(&last)
	}
	begin := at(0xfffffe)
	for n, want := range map[uint32]time.Duration{1: 3, 0xffffff: 1, 0: 2} {
		if got := at(n) - begin; got != want*64*time.Millisecond {
			t.Errorf("%#x is %v after 0xfffffe, want %v", n, got, want*64*time.Millisecond)
		}
	}
}

func arrivalsOf(p *rtcp.TransportLayerCC) (all []uint16) {
	var symbols []uint16
	for _, chunk := range p.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			symbols = append(symbols, slices.Repeat([]uint16{c.PacketStatusSymbol}, int(c.RunLength))...)
		case *rtcp.StatusVectorChunk:
			symbols = append(symbols, c.SymbolList...)
		}
	}
	for i, s := range symbols[:min(len(symbols), int(p.PacketStatusCount))] {
		if s == small || s == large {
			all = append(all, p.BaseSequenceNumber+uint16(i))
		}
	}
	return all
}
