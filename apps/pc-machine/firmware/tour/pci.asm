; Step 4, PCI: the functions of bus 0 by way of configuration ports, with the BARs the start-up gave
; them. The host bridge must be the i440FX, whose registers later steps turn.

step_pci_bus:
    mov     si, .show
    call    pci_for_each
    mov     bx, BDF_HOST
    xor     di, di
    call    pci_read32
    EXPECT  0x12378086, "host bridge"
    mov     bx, 0x00f8                  ; a function nobody has put there
    call    pci_read32
    EXPECT  0xffffffff, "empty slot 1f"
    ret

.show:
    SAY     "  "
    mov     al, bl
    shr     al, 3
    call    print_hex8
    SAY     "."
    mov     al, bl
    and     al, 7
    call    print_hex4
    SAY     " "
    xor     di, di
    call    pci_read16
    call    print_hex16
    SAY     ":"
    mov     di, 2
    call    pci_read16
    call    print_hex16
    SAY     " class "
    mov     di, 0x0a
    call    pci_read16
    call    print_hex16
    mov     di, PCI_BAR0
.bar:
    call    pci_read32
    test    eax, eax
    jz      .next
    push    ax
    SAY     " bar"
    mov     ax, di
    sub     al, PCI_BAR0
    shr     al, 2
    call    print_hex4
    SAY     "="
    pop     ax
    call    print_hex32
.next:
    add     di, 4
    cmp     di, 0x28
    jb      .bar
    SAY     10
    ret
