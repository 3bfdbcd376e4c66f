package v4l2

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestAlarmEndsAWait(t *testing.T) {
	a, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fd := int(r.Fd())

	if events, err := a.wait(fd, 0); events != 0 || err != nil {
		t.Errorf("nothing to say: %#x, %v", events, err)
	}
	woken := make(chan int16)
	go func() {
		events, _ := a.wait(fd, time.Hour)
		woken <- events
	}()
	a.set()
	if events := <-woken; events != 0 {
		t.Errorf("the alarm is not the device's: %#x", events)
	}
	if _, err := a.wait(-1, time.Hour); err != nil { // returns: the alarm is set until it is cleared
		t.Errorf("without a device: %v", err)
	}
	a.clear()
	a.clear()
	if _, err := w.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if events, err := a.wait(fd, time.Hour); events&unix.POLLIN == 0 || err != nil {
		t.Errorf("the device has something: %#x, %v", events, err)
	}
	w.Close()
	if events, err := a.wait(fd, time.Hour); events&unix.POLLHUP == 0 || err != nil {
		t.Errorf("the device is gone: %#x, %v", events, err)
	}
}
