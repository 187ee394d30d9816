#!/usr/bin/env bash
# From a clone to the first protected query of a shop that existed before: each line could be typed. Needs .NET 10, psql, curl, openssl, and the database in
# PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD, with a superuser's rights. With PgBouncer in the path, requests go through it in transaction mode.
set -euo pipefail
cd "$(dirname "$0")"
started=$SECONDS
work=$(mktemp -d)
processes=()
trap 'for process in "${processes[@]}"; do kill "$process" 2> /dev/null || true; done; wait; rm -rf "$work"' EXIT
tool() { dotnet run --no-build --project ../../src/SmeFinancialOs.Data.Cli -- "$@"; }
query() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@"; }

echo "== build"
dotnet build --verbosity quiet --nologo ../../src/SmeFinancialOs.Data.Cli
dotnet build --verbosity quiet --nologo Shop.csproj

echo "== the shop as it was, then the library, then one call for each table"
query --file migrations/0001_shop.sql --output /dev/null
tool migrate --tenant-type bigint
query --file migrations/0002_tenants.sql --output /dev/null

echo "== proof: the audit reads, the probe attacks, the guard stays"
tool audit --tenant-column account_id --fail-on error
tool probe --tenant-column account_id --config sme-data.json
tool migrate --guard

echo "== the app, as a login that owns nothing"
password=$(openssl rand -hex 24)
query --command "ALTER ROLE app_user PASSWORD '$password'"
export TenantData__ConnectionString="Host=$PGHOST;Port=$PGPORT;Database=$PGDATABASE;Username=app_user;Password=$password"
if command -v pgbouncer > /dev/null || [ -x /usr/sbin/pgbouncer ]; then
  cat > "$work/pgbouncer.ini" << INI
[databases]
* = host=$PGHOST port=$PGPORT
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = 6432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $work/users.txt
pool_mode = transaction
INI
  echo "\"app_user\" \"$password\"" > "$work/users.txt"
  as=()
  if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid nobody --regid nogroup --clear-groups); chmod 711 "$work"; chown nobody "$work"/*; fi
  PATH=$PATH:/usr/sbin "${as[@]}" pgbouncer --quiet "$work/pgbouncer.ini" &
  processes+=($!)
  export TenantData__ConnectionString="Host=127.0.0.1;Port=6432;Database=$PGDATABASE;Username=app_user;Password=$password" TenantData__TransactionPooling=true
fi
dotnet bin/Debug/net10.0/Shop.dll --urls http://127.0.0.1:5090 &
processes+=($!)
curl --silent --retry 60 --retry-delay 1 --retry-connrefused --output /dev/null --fail http://127.0.0.1:5090/health

echo "== the first protected query: the warehouse of Globex sends an order, by the key of Globex"
curl --silent --show-error --fail --header "X-Api-Key: globex-secret" --json '[{"number": "G-2", "country": "CH"}]' http://127.0.0.1:5090/import
echo " row"
query --command "SELECT account_id, number, changed_by FROM shop.orders ORDER BY id"
echo "== done in $((SECONDS - started)) s"
