package status

import (
	"bytes"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// loginPage works without JavaScript.
var loginPage = template.Must(template.ParseFS(files, "page/login.html"))

// loginView is what the page says.
type loginView struct {
	loginWords
	Next, Message string
}

// loginWords is the page in one language.
type loginWords struct{ Lang, Title, Ask, Hint, Enter, Wrong, Wait string }

var loginLanguages = []loginWords{
	{"en", "Log in", "Passphrase of this box", "vigie passphrase prints it, on the box.", "Log in",
		"That is not the passphrase.", "Too many wrong passphrases. Wait and try again; seconds to wait:"},
	{"fr", "Connexion", "Phrase de passe de ce boîtier", "vigie passphrase l’affiche, sur le boîtier.", "Se connecter",
		"Ce n’est pas la phrase de passe.", "Trop de phrases de passe fausses. Attendez et réessayez ; secondes à attendre :"},
}

// wordsFor is the first language of ?lang= and Accept-Language that there is, else English. Weights (RFC 9110, 12.5.4) are
// left out: browsers send their languages in order.
func wordsFor(r *http.Request) loginWords {
	wanted := append([]string{r.URL.Query().Get("lang")}, strings.Split(r.Header.Get("Accept-Language"), ",")...)
	for _, tag := range wanted {
		tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), ";")
		tag, _, _ = strings.Cut(tag, "-")
		if i := slices.IndexFunc(loginLanguages, func(w loginWords) bool { return w.Lang == tag }); i >= 0 {
			return loginLanguages[i]
		}
	}
	return loginLanguages[0]
}

// loginQuery is where to go after the login, and in which language.
func loginQuery(next, lang string) string {
	q := url.Values{"next": {next}}
	if lang != "" {
		q.Set("lang", lang)
	}
	return q.Encode()
}

// after is the page that a login leads to: one of ours.
func after(next, lang string) string {
	if next != "/kiosk" {
		next = "/"
	}
	if lang != "" {
		return next + "?" + url.Values{"lang": {lang}}.Encode()
	}
	return next
}

func (d *door) serveLogin(w http.ResponseWriter, r *http.Request) {
	next, lang := r.URL.Query().Get("next"), r.URL.Query().Get("lang")
	if d.near(peer(r)) || d.known(r) {
		http.Redirect(w, r, after(next, lang), http.StatusSeeOther)
		return
	}
	view := loginView{loginWords: wordsFor(r), Next: "/login?" + loginQuery(next, lang)}
	if r.Method != http.MethodPost {
		showLogin(w, http.StatusOK, view)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	right, wait := d.try(peer(r), r.PostFormValue("passphrase"))
	switch {
	case wait > 0:
		setWait(w, wait)
		view.Message = view.Wait + " " + time.Duration(math.Ceil(wait.Seconds())*float64(time.Second)).String()
		showLogin(w, http.StatusTooManyRequests, view)
	case !right:
		view.Message = view.Wrong
		showLogin(w, http.StatusForbidden, view)
	default:
		http.SetCookie(w, cookie(d.sessions.open(), int(sessionLife.Seconds())))
		d.log.Info("somebody logged in on the status page", "from", peer(r))
		http.Redirect(w, r, after(next, lang), http.StatusSeeOther)
	}
}

func (d *door) serveLogout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		d.sessions.end(c.Value)
	}
	http.SetCookie(w, cookie("", -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func cookie(key string, seconds int) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: key, Path: "/", MaxAge: seconds, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteStrictMode}
}

func showLogin(w http.ResponseWriter, code int, view loginView) {
	var page bytes.Buffer
	if err := loginPage.Execute(&page, view); err != nil {
		fail(w, http.StatusInternalServerError, "the login page cannot be shown: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", contentTypes[".html"])
	w.WriteHeader(code)
	_, _ = w.Write(page.Bytes())
}
