; Step 2, A20: with the line held low, every odd MiB shows the even one below it; it is a mask on the
; processor's addresses, no region of the map. Either gate alone opens it.

step_a20:
    mov     al, 0
    call    a20_by_8042
    call    a20_by_port92
    call    a20_probe
    movzx   eax, al
    EXPECT  0, "wraps with both gates closed"

    mov     al, 1
    call    a20_by_port92
    call    a20_probe
    movzx   eax, al
    EXPECT  1, "passes by port 92"
    mov     al, 0
    call    a20_by_port92
    call    a20_probe
    movzx   eax, al
    EXPECT  0, "wraps by port 92"

    mov     al, 1
    call    a20_by_8042
    call    a20_probe
    movzx   eax, al
    EXPECT  1, "passes by 8042"
    mov     al, 0
    call    a20_by_8042
    call    a20_probe
    movzx   eax, al
    EXPECT  0, "wraps by 8042"

    mov     al, 1
    call    a20_by_8042
    call    a20_by_port92
    call    a20_probe
    movzx   eax, al
    EXPECT  1, "passes with both gates open"
    ret
