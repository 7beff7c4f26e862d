#!/bin/sh
# Installs puremixc from this directory: ./install.sh [PREFIX] (default /usr/local, or ~/.local when not root).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "$(id -u)" = 0 ]; then prefix=${1:-/usr/local}; else prefix=${1:-$HOME/.local}; fi
mkdir -p "$prefix/bin"
install -m 755 "$here/puremixc" "$prefix/bin/puremixc"
echo "installed $prefix/bin/puremixc"
case ":$PATH:" in
  *":$prefix/bin:"*) ;;
  *) echo "add $prefix/bin to PATH" ;;
esac
"$prefix/bin/puremixc" doctor || echo "puremixc is installed; the list above says what building still needs"
