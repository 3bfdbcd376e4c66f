// Package status is the soft panel: a local web page and API that show what the box does and take the presses that
// its buttons take. Where no GPIO chip is, it is the only panel.
//
//	GET  /                  the page
//	GET  /api/v1/status     the Snapshot, as JSON
//	GET  /api/v1/events     server-sent events: "status" (a Snapshot), "meters", "silent" (the station hangs)
//	GET  /api/v1/preview    what the camera sees, as multipart/x-mixed-replace JPEG
//	POST /api/v1/press      {"button":"go_live","gesture":"press"}
//	GET  /metrics           Prometheus
//	GET  /healthz           200 while the station answers
//
// It decides nothing: what is shown comes from Options.Snapshot, and what is pressed goes to Options.Press. The
// station may hang while this package still runs, and a page that goes on showing LIVE would then be a lie. So each
// Snapshot is asked for by one goroutine that can be given up on after two seconds, and the page counts the seconds
// since it was last told.
//
// Whoever opens the page may press the button: the address that it listens on is the lock. What the package does
// prevent is that a foreign web page, opened in a browser that can reach the box, presses or reads on its own
// (guard.go).
//
// Nothing here is bounded by the good will of its clients: connections, pages, viewers of the preview, bodies and
// the time that a write may take all have limits, because the process that serves them also makes the show.
package status
