package h264

// level is a row of table A-1: what a decoder of that level can take.
type level struct {
	idc     uint8
	rate    int // MaxMBPS, macroblocks a second
	size    int // MaxFS, macroblocks a picture
	bitrate int // MaxBR, kb/s in the baseline, main and extended profiles
}

// levels is table A-1, without 1b, which adds only a bitrate to level 1.
var levels = [...]level{
	{10, 1485, 99, 64}, {11, 3000, 396, 192}, {12, 6000, 396, 384}, {13, 11880, 396, 768},
	{20, 11880, 396, 2000}, {21, 19800, 792, 4000}, {22, 20250, 1620, 4000},
	{30, 40500, 1620, 10000}, {31, 108000, 3600, 14000}, {32, 216000, 5120, 20000},
	{40, 245760, 8192, 20000}, {41, 245760, 8192, 50000}, {42, 522240, 8704, 50000},
	{50, 589824, 22080, 135000}, {51, 983040, 36864, 240000}, {52, 2073600, 36864, 240000},
	{60, 4177920, 139264, 240000}, {61, 8355840, 139264, 480000}, {62, 16711680, 139264, 800000},
}

// Level returns the level_idc of the lowest level (table A-1) that allows pictures of that size in pixels, that many
// a second, at that bitrate in bits a second; 0 where none does.
func Level(width, height int, fps float64, bitrate int) uint8 {
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide {
		return 0
	}
	columns, rows := (width+15)/16, (height+15)/16
	size := columns * rows
	for _, l := range levels {
		// No side may be longer than √(8 · MaxFS) (A.3.1).
		long := max(columns, rows)
		if size <= l.size && long*long <= 8*l.size && float64(size)*fps <= float64(l.rate) && bitrate <= l.bitrate*1000 {
			return l.idc
		}
	}
	return 0
}

// MaxMacroblocks returns how many macroblocks a second a level_idc allows (MaxMBPS of table A-1); 0 for one that is not
// in the table. 9 is level 1b.
func MaxMacroblocks(idc uint8) int {
	if idc == 9 {
		idc = 10
	}
	for _, l := range levels {
		if l.idc == idc {
			return l.rate
		}
	}
	return 0
}
