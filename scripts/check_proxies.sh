#!/bin/sh
# Check deploy/nginx.conf and deploy/Caddyfile with the servers that read them, where installed.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

if command -v nginx >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=nutrisite.example \
        -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
    sed "s#/etc/letsencrypt/live/[^/]*#$folder#" deploy/nginx.conf >"$folder/site.conf"
    # The configuration that Debian includes a site in, with nginx's own files in the folder.
    printf '%s\n' "error_log stderr; pid $folder/pid; events {} http {" \
        "client_body_temp_path $folder/1; proxy_temp_path $folder/2; fastcgi_temp_path $folder/3;" \
        "uwsgi_temp_path $folder/4; scgi_temp_path $folder/5;" \
        "include $folder/site.conf; }" >"$folder/nginx.conf"
    nginx -q -t -p "$folder" -c "$folder/nginx.conf"
else
    echo "nginx is not installed: deploy/nginx.conf was not checked."
fi

if command -v caddy >/dev/null; then
    HOME="$folder" caddy validate --adapter caddyfile --config deploy/Caddyfile
else
    echo "caddy is not installed: deploy/Caddyfile was not checked."
fi
