# Runs checks one by one and names those that fail; the first failure does not hide the others. To be sourced.
failed=()

check() {
    local name=$1
    shift
    local began=$SECONDS output
    if output=$("$@" 2>&1); then
        printf '%-18s ok (%d s)\n' "$name" $((SECONDS - began))
    else
        printf '%s\n%-18s FAILED: %s\n' "$output" "$name" "$*"
        failed+=("$name")
    fi
}

# Ends the script: with 1 if a check failed.
verdict() {
    if ((${#failed[@]})); then
        echo "$1: ${failed[*]} failed"
        exit 1
    fi
    echo "$1: all passed"
    exit 0
}
