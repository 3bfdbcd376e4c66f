// Package config reads config.yaml, the one file that organisers edit, and says what is wrong with it.
//
// A value comes from the last of three places that has it:
//
//	defaults  <  config.yaml  <  environment (VIGIE_RELAY_URL is relay.url)
//
// The table in keys.go is the whole of what may be written: each key with its default and the kind of its value. A
// kind reads the text of a value, from the file and from the environment alike, and knows its range. What depends on
// several keys is in rules.go.
//
//	bytes -> yaml nodes -> section, value (types, unknown keys, positions) --+
//	                                                                         +-> viper (layers) -> Config -> rules
//	VIGIE_ variables --------------------------------------------------------+
//
// The types are checked on the YAML nodes, before viper sees a value, because viper would make 1 of true and 83 of
// 0123. All that is wrong is reported at once, in the order of the file, as an editor jumps to it:
//
//	config.yaml:12:5: video.bitrate.max: 50k is below min 300k
//
// Nothing in an error is secret: neither a token, nor a credential, nor an URL, which can carry either.
//
// The package imports nothing of ours and touches no device: whether a camera or a line is really there is found out
// later, by those who open it. Of the files that the configuration names it reads the token and the certificate.
package config
