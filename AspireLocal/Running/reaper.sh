# Ends the AppHost's processes when it has gone without doing so itself, even by SIGKILL.
# Its standard input is a pipe from the AppHost: 'watch PID', 'forget PID', and at an orderly end 'done'.
# The end of the pipe without 'done' means that the AppHost is dead.
# $1 is 1 where each process leads a group of its own; $2 marks the environment of all that it started.
trap '' INT TERM HUP
groups=$1
mark=$2
watched=' '
while read -r verb pid; do
    case $verb in
        watch) watched="$watched$pid " ;;
        forget) watched=$(printf '%s' "$watched" | sed "s/ $pid / /") ;;
        done) exit 0 ;;
    esac
done

# Whoever left the group still carries the mark in its environment; only Linux shows that.
strays() {
    [ -d /proc/self ] && grep -lzsx "ASPIRE_LOCAL_RUN=$mark" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}

signal() {
    for pid in $watched; do
        if [ "$groups" = 1 ]; then kill -s "$1" -- "-$pid" 2>/dev/null; else kill -s "$1" "$pid" 2>/dev/null; fi
    done
    for pid in $(strays); do
        [ "$pid" = $$ ] || kill -s "$1" "$pid" 2>/dev/null
    done
}

alive() {
    for pid in $watched; do
        kill -0 "$pid" 2>/dev/null && return 0
    done
    return 1
}

signal TERM
waited=0
while alive && [ $waited -lt 50 ]; do
    sleep 0.1
    waited=$((waited + 1))
done
signal KILL
