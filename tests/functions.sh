# shellcheck shell=bash
# Shared by ./check and ./demo; sourced by bash.  No command here has an effect when it is read.

# Packages of the named list files, without comments.
listed_packages() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"
}

# Those of the given packages that are not installed.
missing_packages() {
	local package
	for package in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
			printf '%s\n' "$package"
	done
}

# Install what is missing of the packages listed in files; needs no network when nothing is.
install_packages() {
	local -a listed missing
	mapfile -t listed < <(listed_packages "$@")
	mapfile -t missing < <(missing_packages "${listed[@]}")
	((${#missing[@]})) || return 0
	echo "installing with apt: ${missing[*]}"
	if ((EUID != 0)); then
		echo "that needs root: run with sudo, or install these packages yourself" >&2
		return 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get -q update &&
		apt-get -q -y --no-install-recommends install "${missing[@]}"
}

# Configure and build in a directory of its own: build_tree DIR [configure option ...].
build_tree() {
	local top=$PWD dir=$1
	shift
	[[ -x configure && configure -nt configure.ac ]] || ./autogen.sh || return
	mkdir -p "$dir" || return
	(
		cd "$dir" || exit
		if [[ ! -f Makefile || $top/configure -nt config.status ]]; then
			"$top/configure" --quiet "$@" || exit
		fi
		make -j"$(nproc)"
	)
}
