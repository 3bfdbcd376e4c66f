# Completion of vigie(1) for bash.
_vigie() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} flags
	if [[ $prev == --config ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "run init check doctor relay passphrase version --help" -- "$cur")
		return
	fi
	case ${COMP_WORDS[1]} in
	run) flags="--config --demo --help" ;;
	init) flags="--config --overwrite --help" ;;
	doctor) flags="--config --json --lamps --help" ;;
	check | relay) flags="--config --help" ;;
	passphrase | version) flags="--help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
}
complete -F _vigie vigie
