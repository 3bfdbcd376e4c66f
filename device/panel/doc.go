// Package panel is the box's face to staff: buttons in, lights out.
//
// From edges to gestures: a button's first edge is its Down, at once; then edges are bounce until there was none for
// 30 ms; after a release nothing counts for 250 ms. Held comes after 2 s. A button that is down at boot, or for more than
// 10 s, is stuck: it is ignored and reported until it is released.
//
// From states to light patterns: golive says which light shines how; Lights blinks them, on three lamps, on fewer, or on
// one that has three colours. Whatever is fitted, the red line does the same: law 1 holds for it alone.
//
// When the box begins, the lamps are tested: red, green, amber, then all, 0.3 s each. The test is over at once when a
// show begins. The room's on-air lamp has no part in it: nobody is to be told that they are on air when they are not.
package panel
