package v4l2

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"vigie/capture/v4l2/uapi"
)

// controls lists the settings of the camera.
func controls(fd int) []control {
	var list []control
	q := uapi.QueryCtrl{}
	for range maxEntries {
		q = uapi.QueryCtrl{ID: q.ID | uapi.CtrlFlagNext}
		if uapi.QueryControl(fd, &q) != nil {
			break
		}
		if q.Flags&uapi.CtrlFlagDisabled != 0 || q.Type == uapi.CtrlClass {
			continue
		}
		c := control{id: q.ID, kind: q.Type, name: controlName(uapi.Text(q.Name[:])), min: q.Minimum, max: q.Maximum,
			readOnly: q.Flags&uapi.CtrlFlagReadOnly != 0}
		if q.Type == uapi.CtrlMenu || q.Type == uapi.CtrlIntegerMenu {
			c.items = menu(fd, q)
		}
		list = append(list, c)
	}
	return list
}

func menu(fd int, q uapi.QueryCtrl) []item {
	var items []item
	for i := max(q.Minimum, 0); i <= min(q.Maximum, maxEntries); i++ {
		m := uapi.QueryMenu{ID: q.ID, Index: uint32(i)}
		if uapi.QueryMenuItem(fd, &m) != nil {
			continue // drivers leave indices out
		}
		name := uapi.Text(m.Name[:])
		if q.Type == uapi.CtrlIntegerMenu {
			name = strconv.FormatInt(m.Value(), 10)
		}
		items = append(items, item{i, name})
	}
	return items
}

// SetControls sets controls of a camera that is open, by this program or another, and may be streaming: they are the
// camera's, not an open file's. Options.Controls says how they are written. It blocks for as long as the camera takes.
func SetControls(device string, wanted map[string]string, log *slog.Logger) error {
	fd, err := openNode(nodeOf(device))
	if err != nil {
		return err
	}
	applyControls(fd, wanted, log)
	return unix.Close(fd)
}

// applyControls sets what it can. What it cannot is a warning: a show with hall lights that flicker is a show.
func applyControls(fd int, wanted map[string]string, log *slog.Logger) {
	if len(wanted) == 0 {
		return
	}
	byName := make(map[string]control)
	for _, c := range controls(fd) {
		byName[c.name] = c
	}
	var refused []string
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		c, ok := byName[name]
		if !ok {
			log.Warn("the camera has no such control: v4l2-ctl --list-ctrls prints those that it has", "control", name)
			continue
		}
		value, err := c.parse(wanted[name])
		if err != nil {
			log.Warn("the camera's control does not take this value", "control", name, "value", wanted[name], "error", err)
			continue
		}
		if uapi.SetControl(fd, &uapi.Control{ID: c.id, Value: value}) != nil {
			refused = append(refused, name)
		}
	}
	// Some controls are refused until another one is set: a focus while the automatic one is on. So once more.
	for _, name := range refused {
		c := byName[name]
		value, _ := c.parse(wanted[name]) // it was parsed above
		if err := uapi.SetControl(fd, &uapi.Control{ID: c.id, Value: value}); err != nil {
			log.Warn("the camera refuses a control", "control", name, "value", wanted[name], "error", err)
		}
	}
}
