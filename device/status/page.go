package status

import (
	"embed"
	"net/http"
	"path"
)

// files is the page as it is written: no build step, so that what is in the repository is what the browser runs.
//
//go:embed page
var files embed.FS

// contentTypes is fixed: what the operating system would say about ".js" differs between boards.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// servePage serves "/", "/kiosk" and the files that they name.
func servePage(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	switch {
	case r.URL.Path == "/kiosk":
		name = "kiosk.html"
	case name == "":
		name = "index.html"
	case path.Ext(name) == ".html": // pages have addresses of their own
		name = ""
	}
	b, err := files.ReadFile("page/" + name)
	if err != nil {
		fail(w, http.StatusNotFound, "there is nothing at this address")
		return
	}
	w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
	_, _ = w.Write(b)
}
