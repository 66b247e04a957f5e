; The tour: a table of steps, and what they share. A step is a near routine that may change every
; general register. It fails by EXPECT; it is skipped when it says so by VAR_STEP_SKIP.

tour_run:
    mov     byte [VAR_OK_COUNT], 0
    mov     byte [VAR_FAIL_COUNT], 0
    mov     byte [VAR_SKIP_COUNT], 0
    mov     byte [VAR_STEP], 0
    mov     bx, tour_steps
.step:
    mov     dx, [cs:bx]
    test    dx, dx
    jz      .summary
    inc     byte [VAR_STEP]
    mov     byte [VAR_STEP_FAILED], 0
    mov     byte [VAR_STEP_SKIP], 0
    push    bx
    call    dx
    pop     bx
    SAY     "step "
    mov     al, [VAR_STEP]
    call    print_decimal2
    SAY     " "
    mov     si, [cs:bx + 2]
    call    print_string
    cmp     byte [VAR_STEP_SKIP], 0
    jne     .skipped
    cmp     byte [VAR_STEP_FAILED], 0
    jne     .failed
    inc     byte [VAR_OK_COUNT]
    SAY     ": ok", 10
    jmp     .next
.failed:
    inc     byte [VAR_FAIL_COUNT]
    SAY     ": FAIL", 10
    jmp     .next
.skipped:
    inc     byte [VAR_SKIP_COUNT]
    SAY     ": skipped", 10
.next:
    add     bx, 4
    jmp     .step
.summary:
    SAY     "tour: "
    movzx   eax, byte [VAR_OK_COUNT]
    call    print_decimal
    SAY     " ok, "
    movzx   eax, byte [VAR_FAIL_COUNT]
    call    print_decimal
    SAY     " FAIL"
    movzx   eax, byte [VAR_SKIP_COUNT]
    test    al, al
    jz      .end
    SAY     ", "
    call    print_decimal
    SAY     " skipped"
.end:
    SAY     10
    ret

; The bodies of EXPECT and EXPECT_NOT (macros.inc): EAX = found; on the stack the number and the text,
; which are removed.
expect_equal:
    pushfd
    push    bp
    mov     bp, sp
    cmp     eax, [bp + 10]
    je      expect_done
    SAY     "  "
    push    si
    mov     si, [bp + 8]
    call    print_string
    pop     si
    SAY     ": expected "
    push    eax
    mov     eax, [bp + 10]
    call    print_hex32
    pop     eax
    jmp     expect_found
expect_different:
    pushfd
    push    bp
    mov     bp, sp
    cmp     eax, [bp + 10]
    jne     expect_done
    SAY     "  "
    push    si
    mov     si, [bp + 8]
    call    print_string
    pop     si
    SAY     ": not expected"
expect_found:
    SAY     ", found "
    call    print_hex32
    SAY     10
    mov     byte [VAR_STEP_FAILED], 1
expect_done:
    pop     bp
    popfd
    ret     6

; For the steps that need the display with the registers of 1234:1111: ZF set (and the step marked as
; skipped) without one.
tour_needs_vga:
    cmp     word [VAR_VGA_BDF], 0
    jne     .present
    mov     byte [VAR_STEP_SKIP], 1
.present:
    cmp     word [VAR_VGA_BDF], 0
    ret

section .rodata
align 2
tour_steps:
    dw      step_ram,        .ram
    dw      step_a20,        .a20
    dw      step_pam,        .pam
    dw      step_pci_bus,    .pci_bus
    dw      step_vga_text,   .vga_text
    dw      step_vga_bank,   .vga_bank
    dw      step_bar_move,   .bar_move
    dw      step_bar_ram,    .bar_ram
    dw      step_mmio_width, .mmio_width
    dw      step_port_width, .port_width
    dw      step_fwcfg,      .fwcfg
    dw      step_smram,      .smram
    dw      step_rom,        .rom
    dw      step_holes,      .holes
    dw      step_timer,      .timer
    dw      step_rtc,        .rtc
    dw      step_pm_timer,   .pm_timer
    dw      step_paging,     .paging
    dw      0
.ram:        db "ram size", 0
.a20:        db "a20 gate", 0
.pam:        db "pam shadow", 0
.pci_bus:    db "pci bus", 0
.vga_text:   db "vga text window", 0
.vga_bank:   db "vga bank alias", 0
.bar_move:   db "bar sizing and move", 0
.bar_ram:    db "bar over ram", 0
.mmio_width: db "mmio widths", 0
.port_width: db "port widths", 0
.fwcfg:      db "fw_cfg dma", 0
.smram:      db "smram window", 0
.rom:        db "rom write protection", 0
.holes:      db "holes", 0
.timer:      db "timer interrupt", 0
.rtc:        db "rtc interrupt", 0
.pm_timer:   db "pm timer", 0
.paging:     db "paging", 0
section .text
