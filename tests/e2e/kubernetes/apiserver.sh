#!/bin/bash
# Starts and stops the API server of with_apiserver.sh: apiserver.sh start|stop|end. Its state is in etcd, which goes on. stop: at once; end: in order,
# as in an upgrade. APISERVER_FLAGS: more of them.
set -euo pipefail
cd "$KUBE_DIR"
# Who asked for which Secrets: audit.log.
cat > audit.yaml << 'POLICY'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, resources: [{group: "", resources: [secrets]}]}
- {level: None}
POLICY
case ${1:-} in
  start)
    kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=127.0.0.1 --advertise-address=198.18.0.1 --secure-port=6443 \
      --tls-cert-file=server.crt --tls-private-key-file=server.key --client-ca-file=ca.crt --token-auth-file=tokens.csv \
      --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=service-account.key \
      --service-account-signing-key-file=service-account.key --service-cluster-ip-range=10.96.0.0/24 \
      --authorization-mode=RBAC --disable-admission-plugins=ServiceAccount --enable-admission-plugins=OwnerReferencesPermissionEnforcement \
      --audit-policy-file=audit.yaml --audit-log-path=audit.log ${APISERVER_FLAGS:-} >> apiserver.log 2>&1 &
    server=$!
    echo $server > apiserver.pid
    deadline=$((SECONDS + 90))
    until kubectl get --raw=/readyz > /dev/null 2>&1; do
      if ! kill -0 $server 2> /dev/null || [ $SECONDS -ge $deadline ]; then
        tail -n 20 apiserver.log >&2
        echo "apiserver: it did not become ready (its log is above)" >&2
        exit 1
      fi
      read -rt 0.1 <> <(:) || true
    done
    ;;
  stop | end)
    server=$(cat apiserver.pid)
    kill -"$([ "$1" = stop ] && echo KILL || echo TERM)" "$server"
    while kill -0 "$server" 2> /dev/null; do read -rt 0.1 <> <(:) || true; done
    ;;
  *)
    sed -n '2,3s/^# //p' "$0" >&2
    exit 2
    ;;
esac
