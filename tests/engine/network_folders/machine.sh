#!/bin/bash
# The first process of the machine: a NAS in a network of its own, its folders mounted, then the given program.
# Expects in the environment: REPO, OUT (a folder of the host), MODULES, KIND, OPTIONS.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/mnt/tmp TMPDIR=/mnt/tmp PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/shm && mount -t tmpfs shm /dev/shm
for folder in /run /mnt /var/lib/nfs /var/lib/samba /var/cache/samba /var/log /etc/samba; do
  [ -d $folder ] && mount -t tmpfs tmpfs $folder
done
mkdir -p /mnt/out /mnt/modules/lib /mnt/tmp /mnt/srv /mnt/nas
mount -t hostfs none /mnt/out -o "$OUT"
exec >/mnt/out/machine.log 2>&1
# Without entropy nobody would get a random number for a minute: RNDADDENTROPY (random(4)).
"$REPO/.venv/bin/python" -c '
import fcntl, pathlib, struct
seed = pathlib.Path("/mnt/out/seed").read_bytes()
fcntl.ioctl(open("/dev/random", "wb"), 0x40085203, struct.pack("ii", 8 * len(seed), len(seed)) + seed)'
ln -s "$MODULES" /mnt/modules/lib/modules
printf '#!/bin/sh\nexec modprobe -d /mnt/modules "$@"\n' >/run/modprobe
chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
for module in veth nfsd nfsv3 nfsv4 cifs; do /run/modprobe $module; done

# The wire between us and the NAS.
ip link set lo up
ip netns add nas
ip link add c0 type veth peer name s0 netns nas
ip addr add 10.9.0.1/24 dev c0
ip link set c0 up
ip -n nas addr add 10.9.0.2/24 dev s0
ip -n nas link set s0 up
ip -n nas link set lo up

mount /dev/ubda /mnt/srv
mkdir -p /mnt/srv/archive
chmod 777 /mnt/srv/archive

make_nfs_state() {
  mkdir -p /run/rpcbind /run/rpc_pipefs /var/lib/nfs/{sm,sm.bak,v4recovery,nfsdcld,rpc_pipefs}
  touch /var/lib/nfs/{state,etab,rmtab,xtab}
  chown -R statd /var/lib/nfs/sm /var/lib/nfs/sm.bak /var/lib/nfs/state 2>/dev/null
  rpcbind -w
  rpc.statd --no-notify
}

nas() {
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /var/lib/nfs
  if [ "$KIND" = smb ]; then
    mkdir -p /run/samba/private
    cat >/etc/samba/smb.conf <<CONF
[global]
 server role = standalone server
 disable spoolss = yes
 load printers = no
 bind interfaces only = yes
 interfaces = s0 lo
 pid directory = /run/samba
 private dir = /run/samba/private
 lock directory = /run/samba
 state directory = /run/samba
 cache directory = /run/samba
 ncalrpc dir = /run/samba/ncalrpc
[archive]
 path = /mnt/srv/archive
 read only = no
 force user = root
CONF
    (echo secret; echo secret) | smbpasswd -s -a root
    smbd -D
    while ! ss -ltn | grep -q :445; do sleep 0.1; done
  else
    make_nfs_state
    mount -t nfsd nfsd /proc/fs/nfsd
    mount -t rpc_pipefs pipes /var/lib/nfs/rpc_pipefs
    nfsdcld -p /var/lib/nfs/rpc_pipefs -s /var/lib/nfs/nfsdcld
    exportfs -o rw,fsid=0,no_root_squash,insecure,no_subtree_check,sync 10.9.0.0/24:/mnt/srv/archive
    echo 10 >/proc/fs/nfsd/nfsv4leasetime
    echo 10 >/proc/fs/nfsd/nfsv4gracetime
    sleep 1
    rpc.nfsd 4
    rpc.mountd
    echo Y >/proc/fs/nfsd/v4_end_grace
  fi
  touch /mnt/tmp/nas.ready
  exec sleep infinity
}
export -f nas make_nfs_state
[ "$KIND" = smb ] || make_nfs_state
ip netns exec nas unshare -m bash -c nas &
for _ in $(seq 100); do [ -e /mnt/tmp/nas.ready ] && break; sleep 0.2; done

cd "$REPO" && .venv/bin/python -m tests.engine.network_folders.house "$KIND" "$OPTIONS" /mnt/out
sync
echo o >/proc/sysrq-trigger
sleep 10
