#!/usr/bin/env bash
# Runs the demo batch through a real Slurm on this machine and compares every report with the local run's.
#
#   sudo make test-slurm          (Debian or Ubuntu, as root)
#
# One node on loopback: munged, slurmctld, slurmd, all with files of their own in a temporary folder; nothing of a
# Slurm that may run here is touched. Everything started is stopped. ALLERT_SHEET and ALLERT_PATIENTS choose other sheets.
set -euo pipefail
cd "$(dirname "$0")/.."
ROOT=$PWD
BIN=$ROOT/.venv/bin
SHEET=${ALLERT_SHEET:-$ROOT/resources/demo/samples.tsv}
PATIENTS=${ALLERT_PATIENTS:-$ROOT/resources/demo/patients.tsv}
CONFIG=(samples="$SHEET" patients="$PATIENTS" ${ALLERT_CONFIG:-})

say() { printf '%s\n' "test-slurm: $*"; }
[ "$(id -u)" = 0 ] || { say "needs root (munged, slurmd)"; exit 2; }

if ! command -v slurmctld > /dev/null || ! command -v slurmd > /dev/null || ! command -v munged > /dev/null; then
  say "installing slurm-wlm and munge"
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -yq slurm-wlm munge > /dev/null
fi
"$BIN/python" -c 'import snakemake_executor_plugin_slurm' 2> /dev/null \
  || "$BIN/python" -m pip install --quiet --disable-pip-version-check 'snakemake-executor-plugin-slurm>=1.4'

HERE=$(mktemp -d /tmp/allert-slurm.XXXXXX)
PIDS=()
finish() {
  for pid in "${PIDS[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  if [ -n "${KEEP:-}" ]; then say "kept $HERE"; else rm -rf "$HERE"; fi
}
trap finish EXIT

mkdir -p "$HERE"/{munge,state,spool,log}
chown root:root "$HERE"/munge && chmod 700 "$HERE/munge"
head -c 1024 /dev/urandom > "$HERE/munge/munge.key"
chmod 400 "$HERE/munge/munge.key"
chmod 711 "$HERE"
munged --foreground --force --num-threads 2 --key-file "$HERE/munge/munge.key" --socket "$HERE/munge/socket" \
  --pid-file "$HERE/munge/pid" --seed-file "$HERE/munge/seed" --log-file "$HERE/munge/log" > "$HERE/log/munged" 2>&1 &
PIDS+=($!)

NODE=$(hostname -s)
read -r CTLD_PORT SLURMD_PORT < <("$BIN/python" - <<'PORTS'
import socket
pair = [socket.socket() for _ in range(2)]
for s in pair:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in pair))
PORTS
)
cat > "$HERE/slurm.conf" <<CONF
ClusterName=allert
SlurmctldHost=$NODE(127.0.0.1)
SlurmctldPort=$CTLD_PORT
SlurmdPort=$SLURMD_PORT
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$HERE/munge/socket
CredType=cred/munge
StateSaveLocation=$HERE/state
SlurmdSpoolDir=$HERE/spool
SlurmctldPidFile=$HERE/slurmctld.pid
SlurmdPidFile=$HERE/slurmd.pid
SlurmctldLogFile=$HERE/log/slurmctld
SlurmdLogFile=$HERE/log/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
MinJobAge=300
NodeName=$NODE NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 1024 * 9 / 10)) State=UNKNOWN
PartitionName=main Nodes=$NODE Default=YES MaxTime=INFINITE State=UP
CONF
printf 'CgroupAutomount=no\nConstrainCores=no\n' > "$HERE/cgroup.conf"
export SLURM_CONF=$HERE/slurm.conf
# The executor's job step drops every SLURM_ variable before it calls srun, which then looks for /etc/slurm/slurm.conf.
mkdir "$HERE/bin"
printf '#!/bin/sh\nSLURM_CONF=%q exec %q "$@"\n' "$SLURM_CONF" "$(command -v srun)" > "$HERE/bin/srun"
chmod 755 "$HERE/bin/srun"
export PATH=$HERE/bin:$PATH
slurmctld -D > "$HERE/log/slurmctld.out" 2>&1 &
PIDS+=($!)
slurmd -D -N "$NODE" > "$HERE/log/slurmd.out" 2>&1 &
PIDS+=($!)
for _ in $(seq 60); do
  [ "$(sinfo -h -o %T 2> /dev/null | head -n 1)" = idle ] && break
  sleep 0.5
done
[ "$(sinfo -h -o %T | head -n 1)" = idle ] || { say "the node did not come up"; tail -n 5 "$HERE"/log/*; exit 1; }
say "Slurm $(sinfo -V | cut -d' ' -f2) is up: $(sinfo -h -o '%n %c cores')"

say "local run"
"$BIN/snakemake" -s Snakefile --directory "$HERE/local" --config "${CONFIG[@]}" --cores "$(nproc)" --quiet all \
  --workflow-profile workflow/profiles/default > "$HERE/log/local" 2>&1 || { tail -n 20 "$HERE/log/local"; exit 1; }
say "run through Slurm"  # in other jobs than the local run: samples put together must give the same
"$BIN/snakemake" -s Snakefile --directory "$HERE/slurm" --config "${CONFIG[@]}" samples_per_job="${ALLERT_PER_JOB:-4}" --workflow-profile workflow/profiles/slurm \
  --default-resources slurm_account=none slurm_partition=main mem_mb=1000 runtime=30 --slurm-status-command squeue \
  --slurm-init-seconds-before-status-checks 2 --seconds-between-status-checks 2 --slurm-no-account --latency-wait 15 > "$HERE/log/run" 2>&1 \
  || { tail -n 40 "$HERE/log/run"; find "$HERE/slurm/.snakemake/slurm_logs" -name '*.log' -exec tail -n 5 {} +; exit 1; }
JOBS=$(grep -c 'has been submitted with SLURM jobid' "$HERE/log/run" || true)
say "$JOBS jobs went through Slurm"
[ "$JOBS" -gt 0 ] || { tail -n 40 "$HERE/log/run"; exit 1; }
"$BIN/python" scripts/compare_results.py "$HERE/local/results" "$HERE/slurm/results"
