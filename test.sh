#!/usr/bin/env bash
# Runs every test against real servers on loopback ports of their own.
#   ./test.sh [PROJECT…] [-- RUNNER OPTION…]     e.g.  ./test.sh PamTui.Tests -- -class 'PamTui.Tests.Filters.*'
# Installs the Debian packages the tests need and are missing when it may (root); else names them,
# and what needs them is skipped and counted. With CI=true a missing one is a failure.
# Its last line: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "$0")"

packages=(openssh-server openssh-client postgresql mariadb-server tmux sshpass rsync dropbear-bin putty-tools python3-paramiko git procps ssh-audit
    python3-asyncssh ansible-core curl openssh-tests libssh-dev gcc libc6-dev nodejs npm tinysshd socat sudo busybox libpam-pwquality)
projects=()
options=()
while [ $# -gt 0 ]; do
    case "$1" in
        -h|--help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
        --) shift; options=("$@"); break ;;
        -*) echo "test.sh: unknown option $1 (options of the test runner follow --)" >&2; exit 2 ;;
        *) projects+=("$1"); shift ;;
    esac
done
[ ${#projects[@]} -gt 0 ] || projects=(PamTui.Ssh.Tests PamTui.Tests PamTui.EndToEnd)

missing() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' && continue
        # Other packages of nodejs than Debian's have npm in them, and conflict with its package.
        [ "$package" = npm ] && command -v npm >/dev/null && continue
        echo "$package"
    done
}

if command -v dpkg-query >/dev/null; then
    mapfile -t wanted < <(missing)
    if [ ${#wanted[@]} -gt 0 ] && [ "$(id -u)" = 0 ]; then
        echo "Installing ${wanted[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q >/dev/null
        apt-get install -q -y --no-install-recommends "${wanted[@]}" >/dev/null
        # Its package puts it into this machine's own rules; the tests use it in rules of their own.
        case " ${wanted[*]} " in *" libpam-pwquality "*) pam-auth-update --package --remove pwquality ;; esac
        mapfile -t wanted < <(missing)
    fi
    if [ ${#wanted[@]} -gt 0 ]; then
        echo "Missing, so what needs them is $([ "${CI:-}" = true ] && echo failed || echo skipped): ${wanted[*]}"
    fi
else
    echo "Not a Debian system: install the equivalents of ${packages[*]}; what is missing is skipped."
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

dotnet build PamTui.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

count() { sed -n 's/.*<assembly [^>]*[ ]'"$2"'="\([0-9]*\)".*/\1/p' "$1" | head -n 1; }

for project in "${projects[@]}"; do
    program=artifacts/bin/$project/release/$project
    if [ ! -x "$program" ]; then
        echo "test.sh: there is no test project $project" >&2
        failed=$((failed + 1))
        continue
    fi
    report=$results/$project.xml
    # The tests wait for servers most of their time: more of them at once than there are processors.
    timeout --kill-after=30s 45m "$program" -noColor -noLogo -maxThreads $((2 * $(nproc))) -result-xml "$report" ${options[@]+"${options[@]}"} </dev/null
    code=$?
    if [ ! -s "$report" ]; then
        echo "test.sh: $project ended with code $code and left no report" >&2
        failed=$((failed + 1))
        continue
    fi
    ok=$(count "$report" passed) bad=$(count "$report" failed) left=$(count "$report" skipped) errors=$(count "$report" errors)
    passed=$((passed + ${ok:-0}))
    skipped=$((skipped + ${left:-0}))
    bad=$((${bad:-0} + ${errors:-0}))
    # A runner that failed without a failed test (a crash after its report) is a failure too.
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    failed=$((failed + bad))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
