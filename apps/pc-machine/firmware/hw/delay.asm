; Time without interrupts: the ACPI power management timer, 3.579545 MHz, 24 bits.

PM_TICKS_PER_MS equ 3580

; Gives the PIIX4's power management block its ports and opens it.
pm_timer_enable:
    pushad
    mov     word [VAR_PM_PORT], 0
    mov     bx, [VAR_PM_BDF]
    test    bx, bx
    jz      .done
    mov     di, 0x40                    ; PMBASE
    mov     eax, PM_BASE | 1
    call    pci_write32
    mov     di, 0x80                    ; PMREGMISC: decode on
    mov     al, 1
    call    pci_write8
    mov     word [VAR_PM_PORT], PM_BASE + 8
.done:
    popad
    ret

; EAX = timer, 24 bits
pm_timer_read:
    push    dx
    mov     dx, [VAR_PM_PORT]
    in      eax, dx
    and     eax, PM_TIMER_MASK
    pop     dx
    ret

; Begins a time limit of ECX milliseconds (at most 1,000,000). Preserves every register.
timeout_start:
    push    eax
    push    edx
    mov     eax, PM_TICKS_PER_MS
    mul     ecx
    mov     [VAR_TIMEOUT], eax
    cmp     word [VAR_PM_PORT], 0
    je      .done
    call    pm_timer_read
    mov     [VAR_TIMEOUT_AT], eax
.done:
    pop     edx
    pop     eax
    ret

; CF = the limit has passed. To be called more often than the timer wraps (4.6 s). Without a timer each
; look counts for about a microsecond, so that no wait is endless. Preserves every register.
timeout_passed:
    push    eax
    push    edx
    mov     eax, 4
    cmp     word [VAR_PM_PORT], 0
    je      .count
    call    pm_timer_read
    mov     edx, eax
    sub     eax, [VAR_TIMEOUT_AT]
    and     eax, PM_TIMER_MASK
    mov     [VAR_TIMEOUT_AT], edx
.count:
    sub     [VAR_TIMEOUT], eax
    jnc     .done
    mov     dword [VAR_TIMEOUT], 0      ; later looks find it passed, too
    stc
.done:
    pop     edx
    pop     eax
    ret
