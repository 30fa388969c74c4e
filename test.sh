#!/usr/bin/env bash
# Runs every test against real servers on loopback ports of their own.
#   ./test.sh [PROJECT…] [-- RUNNER OPTION…]     e.g.  ./test.sh PamTui.Tests -- -class 'PamTui.Tests.Filters.*'
#   ./test.sh --packages                         only installs and fetches what the tests need
# Installs the Debian packages the tests need and are missing when it may (root); else names them,
# and what needs them is skipped and counted. With CI=true a missing one is a failure.
# Its last line: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "$0")"

packages=(openssh-server openssh-client postgresql mariadb-server tmux sshpass rsync dropbear-bin putty-tools python3-paramiko git procps ssh-audit
    python3-asyncssh ansible-core curl openssh-tests libssh-dev gcc libc6-dev nodejs npm tinysshd socat sudo busybox libpam-pwquality
    libpostgresql-jdbc-java default-jre-headless bzip2)
projects=()
options=()
packages_only=no
while [ $# -gt 0 ]; do
    case "$1" in
        -h|--help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
        --packages) packages_only=yes; shift ;;
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

# PostgreSQL's regression SQL is in Debian's source package only. It is fetched once, for the version that is installed or else the nearest
# that is to be had, with lists of its own, as the machine's may have no sources.
regress=artifacts/postgresql-regress
fetch_regress() {
    local server major installed work file options version
    server=$(ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
    major=$(basename "$(dirname "$(dirname "$server")")")
    installed=$(dpkg-query -W -f '${source:Version}' "postgresql-$major") || return 1
    work=$(mktemp -d)
    mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
    for file in $(grep -lsE 'debian|ubuntu|postgresql' /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources); do
        sed -e 's/^Types:.*/Types: deb-src/' -e 's/^deb /deb-src /' "$file" >"$work/parts/$(basename "$file")"
    done
    options=(-q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts" -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
        -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
    timeout 120 apt-get "${options[@]}" update >/dev/null 2>&1
    for version in "$installed" $(apt-cache "${options[@]}" showsrc "postgresql-$major" 2>/dev/null | sed -n 's/^Version: //p' | sort -rV); do
        rm -rf "$work/sources" && mkdir "$work/sources"
        (cd "$work/sources" && timeout 120 apt-get "${options[@]}" source --download-only "postgresql-$major=$version" >/dev/null 2>&1) && break
    done
    mkdir "$work/tree" && tar -x -C "$work/tree" --strip-components=4 --no-same-owner --wildcards -f "$work"/sources/*.orig.tar.* \
        '*/src/test/regress/sql' '*/src/test/regress/data' '*/src/test/regress/parallel_schedule' 2>/dev/null &&
        mkdir -p artifacts && rm -rf "$regress" && cp -r "$work/tree" "$regress.new" && mv "$regress.new" "$regress"
    rm -rf "$work"
}
case " ${projects[*]} " in
    *" PamTui.Tests "*)
        if [ "$(id -u)" = 0 ] && [ ! -d "$regress" ] && command -v apt-get >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
            echo "Fetching PostgreSQL's regression SQL"
            fetch_regress
        fi
        [ -d "$regress" ] || echo "PostgreSQL's regression SQL is not to be had, so what needs it is $([ "${CI:-}" = true ] && echo failed || echo skipped)"
        ;;
esac

[ "$packages_only" = no ] || exit 0

results=$(mktemp -d)
trap '[ -z "${native:-}" ] || kill "$native" 2>/dev/null; rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

dotnet build PamTui.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }

# A whole run has the program as it ships, native code, which is made while the first tests run; a part of one has the program as it is built.
native=
if [ -z "${PAMTUI_PROGRAM:-}" ] && [ ${#options[@]} -eq 0 ]; then
    case " ${projects[*]} " in
        *" PamTui.EndToEnd "*)
            case "$(uname -m)" in aarch64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
            nice dotnet publish src/PamTui -c Release -r "$rid" -o artifacts/native --nologo -v quiet >"$results/native" 2>&1 &
            native=$!
            ;;
    esac
fi

# The program is started hundreds of times and lives for a second or two, a third of which its compilation takes. Less of that: nothing is
# measured at run time to compile better, only what is called much more often is compiled again, and code is not mapped twice, once to be
# written and once to be run.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=300 DOTNET_EnableWriteXorExecute=0

count() { sed -n 's/.*<assembly [^>]*[ ]'"$2"'="\([0-9]*\)".*/\1/p' "$1" | head -n 1; }

for project in "${projects[@]}"; do
    program=artifacts/bin/$project/release/$project
    if [ ! -x "$program" ]; then
        echo "test.sh: there is no test project $project" >&2
        failed=$((failed + 1))
        continue
    fi
    if [ "$project" = PamTui.EndToEnd ] && [ -n "$native" ]; then
        if wait "$native"; then
            export PAMTUI_PROGRAM=$PWD/artifacts/native/pamtui
        else
            cat "$results/native"
            echo "test.sh: the program could not be published (that takes a C compiler), so it is tested as it is built"
            [ "${CI:-}" != true ] || failed=$((failed + 1))
        fi
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
