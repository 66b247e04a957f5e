; Where the processor starts, and the order in which the machine is brought up.

section .reset
reset_vector:
    jmp     BIOS_SEG:entry
    db      "11/20/26"                  ; release date, where a PC keeps it
    db      0
    db      0xfc                        ; model: AT
    db      0

section .text
entry:
    cli
    cld
    xor     ax, ax
    mov     ss, ax
    mov     esp, STACK_TOP
    mov     ds, ax
    mov     es, ax
    mov     fs, ax
    mov     gs, ax
    mov     eax, cr0
    and     eax, ~0x60000000            ; caches on
    mov     cr0, eax
    call    enter_flat
    mov     al, 1
    call    a20_by_port92
    call    vectors_install             ; before anything can interrupt
    call    bda_install
    call    serial_init
    call    vga_text_mode
    mov     byte [VAR_SCREEN], 1
    SAY     10, "Mem PC embedded firmware", 10
    call    pic_init
    call    lapic_virtual_wire
    call    pit_default
    call    pci_assign
    call    pm_timer_enable
    call    ram_measure
    call    tour_run
    call    shadow_enable               ; whatever the tour found, the BIOS now runs from RAM
    call    ticks_from_rtc
    call    ata_find_disk
    sti
    int     0x19
