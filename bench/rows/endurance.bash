# A hundred thousand connections: nothing may be left of them. The original is slower and gets fewer.

endurance_row() { # ROW SERVICE-FUNCTION...
    local row=$1 subject count before line descriptors pss
    shift
    for subject in ours xinetd; do
        count=$endurance
        [[ $subject == xinetd ]] && count=$endurance_original
        { defaults_section "$row"; "$@" 20000; } > "$work/$row.conf"
        start_super "$subject" "$row" 20000
        "$load" echo -p 20000 -c 8 -n 300 -t 60 > /dev/null || true
        sleep 1
        descriptors=$(footprint "$row" descriptors) pss=$(footprint "$row" pss)
        line=$("$load" echo -p 20000 -c 8 -n "$count" -t 900) || record "$row" errors "$subject" 1 "${line#* errors=}"
        say "  $subject: $line"
        [[ $(figure answered "$line") == "$count" ]] || record "$row" errors "$subject" 1 "only $(figure answered "$line") answered"
        sleep 1
        record "$row" zombies "$subject" 1 "$(footprint "$row" zombies)"
        record "$row" descriptors "$subject" 1 $(($(footprint "$row" descriptors) - descriptors))
        record "$row" growth "$subject" 1 "$(awk "BEGIN { printf \"%.1f\", 100 * ($(footprint "$row" pss) / $pss - 1) }")"
        stop "$row"
    done
}

endurance_spawn_service() { spawn_service spawn "$1" "$tiny_server"; }

row_endurance() { endurance_row endurance endurance_spawn_service; }
row_endurance_echo() { endurance_row endurance-echo builtin_service echo stream; }
