package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"vigie/capture"
	"vigie/uplink"
)

// figure is one metric and where its value comes from.
type figure struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(figures) float64
}

// figures is what the metrics are read from, at one moment. What is missing is zero.
type figures struct {
	video  capture.VideoStats
	audio  capture.AudioStats
	uplink uplink.Stats
	marks  int
	fps    float64
}

func counter(name, help string, value func(figures) float64) figure {
	return figure{prometheus.NewDesc("vigie_"+name, help, nil, nil), prometheus.CounterValue, value}
}

func gauge(name, help string, value func(figures) float64) figure {
	return figure{prometheus.NewDesc("vigie_"+name, help, nil, nil), prometheus.GaugeValue, value}
}

// boxFigures is every drop, retry and fallback of the box. Counters of a microphone begin anew with it, those of an
// uplink with the show.
var boxFigures = []figure{
	counter("camera_pictures_total", "Pictures that the camera delivered.", func(f figures) float64 { return float64(f.video.Pictures) }),
	counter("camera_lost_pictures_total", "Pictures that were lost before the encoder: gaps in their numbers, and damaged ones.", func(f figures) float64 { return float64(f.video.Lost) }),
	gauge("camera_fps", "Pictures a second over the last second.", func(f figures) float64 { return f.fps }),
	counter("camera_thinned_total", "Pictures left out on purpose: below the encoder's floor, or of a camera that is too fast.", func(f figures) float64 { return float64(f.video.Thinned) }),
	counter("camera_converted_total", "Pictures that the CPU decoded or converted before the encoder.", func(f figures) float64 { return float64(f.video.Device.Converted) }),
	counter("encoder_reopened_total", "Times that the encoder failed and was opened again.", func(f figures) float64 { return float64(f.video.Reopened) }),
	counter("encoder_copied_total", "Raw pictures that were copied into a device's memory: an encoder's, a decoder's or a converter's.", func(f figures) float64 { return float64(f.video.Device.Copied) }),
	counter("encoder_shared_total", "Raw pictures that were in a device's memory without a copy.", func(f figures) float64 { return float64(f.video.Device.Shared) }),
	counter("encoder_dropped_total", "Pictures that a device had no room for, or that were late for it.", func(f figures) float64 { return float64(f.video.Device.Dropped) }),
	counter("encoder_damaged_total", "Pictures that came out of a device damaged, or not at all.", func(f figures) float64 { return float64(f.video.Device.Damaged) }),
	counter("encoder_discarded_total", "Coded pictures thrown away: of before an IDR, a cut or a show, or before a camera's first IDR.", func(f figures) float64 { return float64(f.video.Device.Discarded) }),
	counter("encoder_unmatched_total", "Pictures whose timestamp a driver lost.", func(f figures) float64 { return float64(f.video.Device.Unmatched) }),
	counter("encoder_units_total", "Access units that the encoder made.", func(f figures) float64 { return float64(f.video.Units) }),
	counter("encoder_idrs_total", "IDR pictures among them.", func(f figures) float64 { return float64(f.video.IDRs) }),
	counter("encoder_skipped_total", "Pictures without a unit: skipped to hold the bitrate, or dropped, damaged or discarded as told beside this.", func(f figures) float64 { return float64(f.video.Skipped) }),
	counter("encoder_bytes_total", "Coded bytes of picture.", func(f figures) float64 { return float64(f.video.Bytes) }),
	gauge("encoder_latency_seconds", "From the last picture's time to its coded bytes.", func(f figures) float64 { return f.video.Latency.Seconds() }),
	counter("microphone_gaps_total", "Jumps of the microphone's time: xruns.", func(f figures) float64 { return float64(f.audio.Gaps) }),
	counter("audio_packets_total", "Opus packets made.", func(f figures) float64 { return float64(f.audio.Packets) }),
	counter("uplink_attempts_total", "Sessions tried in this show.", func(f figures) float64 { return float64(f.uplink.Attempt) }),
	gauge("uplink_backup", "1 while another relay than the first has the show.", func(f figures) float64 { return flag(f.uplink.Backup) }),
	counter("uplink_recoveries_total", "Times that media got through again after it no longer did.", func(f figures) float64 { return float64(f.uplink.Recoveries) }),
	counter("uplink_recovering_seconds_total", "What the recoveries took, from the last packet before to the first after.", func(f figures) float64 { return f.uplink.Recovering }),
	gauge("uplink_last_recovery_seconds", "What the last one took.", func(f figures) float64 { return f.uplink.LastRecovery }),
	counter("uplink_restarts_total", "ICE restarts begun.", func(f figures) float64 { return float64(f.uplink.Restarts) }),
	gauge("uplink_estimate_bps", "Bits a second that the network is thought to take, with all headers.", func(f figures) float64 { return float64(f.uplink.Estimate) }),
	gauge("uplink_acknowledged_bps", "Bits a second that arrived in the last second, as the relay told.", func(f figures) float64 { return float64(f.uplink.Acknowledged) }),
	gauge("uplink_path_queue_seconds", "What a packet waits on the way to the relay.", func(f figures) float64 { return f.uplink.Queue }),
	gauge("uplink_waiting", "Access units and audio packets that wait to be sent.", func(f figures) float64 { return float64(f.uplink.QueuedVideo + f.uplink.QueuedAudio) }),
	gauge("uplink_target_bps", "Bits a second asked of the encoder.", func(f figures) float64 { return float64(f.uplink.Target) }),
	gauge("uplink_rate_bps", "Bits a second sent in the last second, with all headers.", func(f figures) float64 { return float64(f.uplink.Rate) }),
	gauge("uplink_rtt_seconds", "Round trip to the relay.", func(f figures) float64 { return f.uplink.RTT }),
	gauge("uplink_loss", "Share of packets that the relay missed, of its last report.", func(f figures) float64 { return f.uplink.Loss }),
	counter("uplink_packets_total", "RTP packets sent.", func(f figures) float64 { return float64(f.uplink.SentPackets) }),
	counter("uplink_bytes_total", "Bytes sent, with the headers of RTP and SRTP.", func(f figures) float64 { return float64(f.uplink.SentBytes) }),
	counter("uplink_retransmitted_total", "RTP packets sent again.", func(f figures) float64 { return float64(f.uplink.Retransmitted) }),
	counter("uplink_send_failures_total", "Packets that the socket did not take.", func(f figures) float64 { return float64(f.uplink.SendFailures) }),
	counter("uplink_dropped_offline_total", "Units and packets thrown away: no session.", func(f figures) float64 { return float64(f.uplink.Drops.Offline) }),
	counter("uplink_dropped_overflow_total", "Units and packets thrown away: the queue was full, or they waited for too long.", func(f figures) float64 { return float64(f.uplink.Drops.Overflow) }),
	counter("uplink_dropped_idr_total", "Units thrown away: of no use before the next IDR.", func(f figures) float64 { return float64(f.uplink.Drops.AwaitingIDR) }),
	counter("uplink_dropped_flushed_total", "Units and packets thrown away by a cut.", func(f figures) float64 { return float64(f.uplink.Drops.Flushed) }),
	counter("uplink_pli_total", "Picture losses that the relay reported.", func(f figures) float64 { return float64(f.uplink.PLI) }),
	counter("uplink_nack_total", "Packets that the relay missed and asked for, each time it asked.", func(f figures) float64 { return float64(f.uplink.NACK) }),
	counter("uplink_idr_requests_total", "IDRs asked of the encoder for the relay's or the uplink's sake.", func(f figures) float64 { return float64(f.uplink.IDRRequests) }),
	counter("markers_total", "Markers that staff set.", func(f figures) float64 { return float64(f.marks) }),
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// causeDesc is why the estimate moved last.
var causeDesc = prometheus.NewDesc("vigie_uplink_rate_cause", "Always 1; why the estimate moved last.", []string{"cause"}, nil)

// pathDesc is the way that media takes, in words.
var pathDesc = prometheus.NewDesc("vigie_uplink_path", "Always 1; the relay that has the show, its last answer, and the pair of candidates.",
	[]string{"relay", "answer", "pair"}, nil)

// collector reads the box each time it is asked.
type collector struct{ box *box }

var _ prometheus.Collector = collector{}

// Describe implements prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range boxFigures {
		ch <- f.desc
	}
	ch <- pathDesc
	ch <- causeDesc
}

// Collect implements prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := c.box.station.Snapshot()
	now := figures{marks: s.Markers, fps: s.FPS}
	if s.Video != nil {
		now.video = *s.Video
	}
	if s.Audio != nil {
		now.audio = *s.Audio
	}
	if s.Uplink != nil {
		now.uplink = *s.Uplink
	}
	for _, f := range boxFigures {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(now))
	}
	if cause := now.uplink.Cause; cause != "" {
		ch <- prometheus.MustNewConstMetric(causeDesc, prometheus.GaugeValue, 1, cause)
	}
	if u := now.uplink; u.Relay != "" {
		ch <- prometheus.MustNewConstMetric(pathDesc, prometheus.GaugeValue, 1, u.Relay, u.Answer, u.Pair)
	}
}

// collectors is what the status page serves besides its own metrics.
func (b *box) collectors() []prometheus.Collector {
	all := []prometheus.Collector{
		collector{b}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
	if b.relay != nil {
		all = append(all, relayViewers{b})
	}
	return all
}

// relayViewers is the embedded relay in figures.
type relayViewers struct{ box *box }

var _ prometheus.Collector = relayViewers{}

var (
	viewersDesc = prometheus.NewDesc("vigie_relay_viewers", "Viewers connected to the embedded relay.", nil, nil)
	droppedDesc = prometheus.NewDesc("vigie_relay_dropped_total", "Packets not sent to viewers that could not keep up.", nil, nil)
	refusedDesc = prometheus.NewDesc("vigie_relay_refused_total", "Requests for a session that were answered with an error.", nil, nil)
)

// Describe implements prometheus.Collector.
func (r relayViewers) Describe(ch chan<- *prometheus.Desc) {
	ch <- viewersDesc
	ch <- droppedDesc
	ch <- refusedDesc
}

// Collect implements prometheus.Collector.
func (r relayViewers) Collect(ch chan<- prometheus.Metric) {
	s := r.box.relay.Stats()
	ch <- prometheus.MustNewConstMetric(viewersDesc, prometheus.GaugeValue, float64(s.Viewers))
	ch <- prometheus.MustNewConstMetric(droppedDesc, prometheus.CounterValue, float64(s.Dropped))
	ch <- prometheus.MustNewConstMetric(refusedDesc, prometheus.CounterValue, float64(s.Refused))
}
