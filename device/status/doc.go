// Package status is the soft panel: a local web page and API that show what the box does and take the presses that
// its buttons take. Where no GPIO chip is, it is the only panel.
//
//	GET  /                  the page
//	GET  /kiosk             the state for a screen in the hall, without controls
//	GET  /api/v1/status     the Snapshot, as JSON
//	GET  /api/v1/events     server-sent events: "status" (a Snapshot), "meters", "silent" (the station hangs)
//	GET  /api/v1/preview    what the camera sees, as multipart/x-mixed-replace JPEG
//	POST /api/v1/press      {"button":"go_live","gesture":"press"}; with "state":"standby" (for cut, "cut":false), as the status
//	                        had it, the press does nothing where the button does something else by now
//	GET  /api/v1/log        the last hour's lines of the Journal, the newest first
//	GET  /api/v1/settings   the running configuration, without secrets
//	GET  /api/v1/bundle     all that a stranger needs to help, as .tar.gz, without secrets
//	     /login, /logout    a session for a browser on another computer
//	GET  /metrics           Prometheus
//	GET  /healthz           200 while the station answers; open to everyone
//
// It decides nothing: what is shown comes from Options.Snapshot, and what is pressed goes to Options.Press. The
// station may hang while this package still runs, and a page that goes on showing LIVE would then be a lie. So each
// Snapshot is asked for by one goroutine that can be given up on after two seconds, and the page counts the seconds
// since it was last told.
//
// Whoever is on this computer may press the button, by plain HTTP. Those who come from another computer speak TLS
// (secure.go) and give the box's passphrase: once in a browser, which then has a session, or with each request of a
// program (door.go). A foreign web page, opened in a browser that can reach the box, can neither press nor read (guard.go).
//
// Nothing here is bounded by the good will of its clients: connections, pages, viewers of the preview, bodies and
// the time that a write may take all have limits, because the process that serves them also makes the show.
package status
