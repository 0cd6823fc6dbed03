# SPDX-License-Identifier: Apache-2.0
#
# Runs one child program of Gatehouse and outlives both: whatever happens to Gatehouse, the child and all that it
# started end. Standard input is a pipe that only Gatehouse holds open; when it ends, Gatehouse has ended, or wants
# the child stopped. Lifeline.java runs this text as
#
#   setsid bash -p -c TEXT NAME TOKEN GRACE_SECONDS COMMAND...
#
# The exit code is the command's, or 128 + n when signal n ended it. When this script has exited, nothing that the
# command started is left. Bash 3.2 (macOS) is enough: no `wait -n`, no `coproc`, no fractions in `read -t`.

token=$1
grace=$2
shift 2
lifeline=$$
child=

# Prints the process ids of the family: all that the command started and that still runs. A process group is not
# enough, because PySpark's daemon makes one of its own; the parent chain is not enough, because an orphan loses it.
# The environment stays, and carries the token. Zombies do not count: who reaps an orphan may take its time.
family() {
  local file pid group state rest
  if [ -r /proc/self/environ ]; then
    for file in $(grep -lsF "GATEHOUSE_CHILD=$token" /proc/[0-9]*/environ); do
      file=${file#/proc/}
      echo "${file%/environ}"
    done
    kill -0 -- "-$child" || return 0
    for file in /proc/[0-9]*/stat; do
      read -r rest <"$file" || continue
      pid=${rest%% *}
      # The program's name is in parentheses and may hold blanks and parentheses itself.
      read -r state _ group _ <<<"${rest##*) }"
      [ "$group" = "$child" ] && [ "$state" != Z ] && echo "$pid"
    done
  else
    ps -AEww -o pid=,pgid=,stat=,command= | while read -r pid group state rest; do
      case $state in Z*) continue ;; esac
      case $group:$rest in "$child":* | *"GATEHOUSE_CHILD=$token"*) echo "$pid" ;; esac
    done
  fi
}

family_lives() {
  [ -n "$(family)" ]
}

signal_family() {
  # The list is unquoted on purpose: one word per process.
  kill "-$1" -- "-$child" $(family)
}

# Waits up to $1 tenths of a second for the family to be gone.
await_family() {
  local tenths=$1
  while family_lives; do
    [ "$tenths" -gt 0 ] || return 1
    tenths=$((tenths - 1))
    sleep 0.1
  done
}

end_family() {
  [ -n "$child" ] && family_lives || return 0
  signal_family TERM
  await_family $((grace * 10)) && return 0
  # Repeated, since a process may start another between the listing and the signal.
  local round
  for round in 1 2 3 4 5; do
    signal_family KILL
    await_family 5 && return 0
  done
}

# Runs beside the command. The trap in the main shell does the work, so that there is one place that does; only when
# the main shell was killed itself does this one take over.
watch_pipe() {
  while read -r _; do :; done
  kill -TERM "$lifeline" || end_family
}

ended=
trap 'ended=yes; end_family' TERM INT HUP

# The child's log is the child's: this shell's own remarks ("Done ...", "Killed ...") do not belong there. Before the
# start, because a short command may be over before the next line.
exec 3>&2 2>/dev/null
# Job control gives every background command a process group of its own.
set -m
GATEHOUSE_CHILD=$token "$@" </dev/null 2>&3 3>&- &
child=$!
watch_pipe <&0 3>&- &
watcher=$!
set +m
exec </dev/null 3>&-

wait "$child"
code=$?
if [ -n "$ended" ]; then
  # The trap cut the first wait short, which then told of the signal and not of the command.
  wait "$child"
  code=$?
fi
trap '' TERM INT HUP
kill -KILL "$watcher"
end_family
exit "$code"
