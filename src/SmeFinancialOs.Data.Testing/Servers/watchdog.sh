# Runs one throwaway server and outlives the process that wanted it, however that one ends.
#
#   sh -c "$script" sh <folder of postgres and initdb> <temporary folder> [argument of postgres]..
#
# stdin   the superuser's password on the first line; the end of the file means: stop the server and leave nothing behind
# stdout  "directory <path>", "pid <number>", then "ready", each on a line of its own
# stderr  why it did not start: what initdb said, or the end of the server's log
#
# It ends when the server and its directory are gone.

# Ctrl-C and a closed terminal reach the whole process group, so this shell too, which has its work still before it;
# and a word to a process that is gone must not be the end of it either.
trap '' HUP INT QUIT TERM PIPE
umask 077

bin=$1 tmp=$2
shift 2
IFS= read -r password || exit 1

dir=$(mktemp -d "$tmp/sme-data-postgres-XXXXXXXX") || exit 1
echo "directory $dir"
end() { rm -rf "$dir"; exit "$1"; }

# C.UTF-8 sorts by code point as C does, and knows upper and lower case beyond ASCII.
locale=C
if locale -a 2>/dev/null | grep -qix 'c\.utf-\{0,1\}8'; then locale=C.UTF-8; fi

printf '%s\n' "$password" >"$dir/password"
"$bin/initdb" --pgdata="$dir/data" --username=postgres --pwfile="$dir/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale="$locale" --no-sync >"$dir/log" 2>&1 </dev/null || { tail -n 20 "$dir/log" >&2; end 1; }
rm -f "$dir/password"

# In a session of its own, where there is setsid: Ctrl-C then does not stop the server under a host that is still cleaning up.
$(command -v setsid) "$bin/postgres" -D "$dir/data" "$@" </dev/null >"$dir/log" 2>&1 &
pid=$!
echo "pid $pid"

# Stops the server at the end of stdin: fast, then immediately, then by force. The signal is repeated, because
# a server that is just starting still ignores it, as this shell does.
exec 3<&0
{
    read -r _ <&3
    for signal in INT QUIT KILL; do
        tries=0
        while [ "$tries" -lt 50 ] && kill -s "$signal" "$pid" 2>/dev/null; do
            sleep 0.1
            tries=$((tries + 1))
        done
    done
} >/dev/null 2>&1 &
stopper=$!

while kill -0 "$pid" 2>/dev/null; do
    if grep -qs '^ready' "$dir/data/postmaster.pid"; then
        echo ready
        break
    fi
    sleep 0.05
done

wait "$pid"
status=$?
[ "$status" -eq 0 ] || tail -n 20 "$dir/log" >&2
kill -s KILL "$stopper" 2>/dev/null
end "$status"
