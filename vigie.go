// Package vigie is the module's root: it has the configuration file that is shipped with the program, for `vigie init`
// to fill in. The program is cmd/vigie, the box is in device, capture and uplink, and docs/architecture.md has the map.
package vigie

import _ "embed"

// ShippedConfig is config.yaml: each key with its default, and what it means in comments.
//
//go:embed config.yaml
var ShippedConfig []byte
