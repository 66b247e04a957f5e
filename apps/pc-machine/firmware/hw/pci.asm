; PCI configuration space (mechanism 1) and a plain assignment of addresses to the BARs of bus 0.
; BX = bus << 8 | device << 3 | function, DI = register. Everything but the result is preserved.

; Latches the address and leaves DX at the data port of the register's byte.
pci_latch:
    push    eax
    movzx   eax, bx
    shl     eax, 8
    or      eax, 0x80000000
    or      ax, di
    and     al, 0xfc
    mov     dx, PCI_ADDRESS
    out     dx, eax
    mov     dx, di
    and     dx, 3
    add     dx, PCI_DATA
    pop     eax
    ret

pci_read32:                             ; -> EAX
    push    dx
    call    pci_latch
    in      eax, dx
    pop     dx
    ret
pci_read16:                             ; -> AX
    push    dx
    call    pci_latch
    in      ax, dx
    pop     dx
    ret
pci_read8:                              ; -> AL
    push    dx
    call    pci_latch
    in      al, dx
    pop     dx
    ret
pci_write32:                            ; EAX
    push    dx
    call    pci_latch
    out     dx, eax
    pop     dx
    ret
pci_write16:                            ; AX
    push    dx
    call    pci_latch
    out     dx, ax
    pop     dx
    ret
pci_write8:                             ; AL
    push    dx
    call    pci_latch
    out     dx, al
    pop     dx
    ret

; Calls CS:SI for every function of bus 0, with BX set. The callee may change what it likes but BX, SI.
pci_for_each:
    xor     bx, bx
.device:
    xor     di, di
    call    pci_read16
    cmp     ax, 0xffff
    je      .absent
    push    bx
    push    si
    call    si
    pop     si
    pop     bx
    test    bl, 7
    jnz     .next
    mov     di, 0x0e                    ; header type: more functions?
    call    pci_read8
    test    al, 0x80
    jz      .skip
.next:
    inc     bx
    test    bh, bh
    jz      .device
    ret
.absent:
    test    bl, 7
    jnz     .next
.skip:
    or      bl, 7                       ; the rest of a device without (further) functions
    jmp     .next

; EAX = size mask read back from BAR DI (flag bits cleared), old value restored. CF = no BAR there.
; For a port BAR the mask is completed to 32 bits.
pci_bar_size:
    push    ecx
    push    edx
    call    pci_read32
    mov     ecx, eax
    mov     eax, 0xffffffff
    call    pci_write32
    call    pci_read32
    mov     edx, eax
    mov     eax, ecx
    call    pci_write32
    mov     eax, edx
    test    eax, eax
    stc
    jz      .done
    test    al, 1
    jnz     .ports
    and     al, 0xf0
    clc
    jmp     .done
.ports:
    and     al, 0xfc
    or      eax, 0xffff0000
    clc
.done:
    pop     edx
    pop     ecx
    ret

pci_assign:
    pushad
    mov     dword [VAR_BARE_MEM], BAR_MEM_START
    mov     word [VAR_BARE_IO], BAR_IO_START
    mov     word [VAR_VGA_BDF], 0
    mov     word [VAR_PM_BDF], 0
    mov     si, pci_assign_function
    call    pci_for_each
    popad
    ret

pci_assign_function:
    mov     di, 0x0e
    call    pci_read8
    test    al, 0x7f
    jnz     .done                       ; bridges have no BARs this firmware needs
    xor     di, di
    call    pci_read32
    cmp     eax, 0x71138086             ; PIIX4 power management
    jne     .bars
    mov     [VAR_PM_BDF], bx
.bars:
    mov     di, PCI_BAR0
.bar:
    call    pci_bar_size
    jc      .next
    mov     ecx, eax
    call    pci_read32
    test    al, 1
    mov     edx, eax
    jz      .memory
    neg     ecx                         ; size, a power of two
    movzx   eax, word [VAR_BARE_IO]
    call    align_up
    call    pci_write32
    add     eax, ecx
    mov     [VAR_BARE_IO], ax
    jmp     .next
.memory:
    neg     ecx
    mov     eax, [VAR_BARE_MEM]
    call    align_up
    call    pci_write32
    add     eax, ecx
    mov     [VAR_BARE_MEM], eax
    and     dl, 6
    cmp     dl, 4                       ; 64-bit: the upper half is the next register
    jne     .next
    add     di, 4
    xor     eax, eax
    call    pci_write32
.next:
    add     di, 4
    cmp     di, 0x28
    jb      .bar
    mov     di, PCI_COMMAND
    call    pci_read16
    or      al, 3                       ; ports and memory on
    call    pci_write16
    mov     di, 0x0a
    call    pci_read16
    cmp     ax, 0x0300                  ; the display
    jne     .done
    xor     di, di
    call    pci_read32
    cmp     eax, 0x11111234             ; the tour knows the registers of this one only
    jne     .done
    mov     [VAR_VGA_BDF], bx
    mov     di, PCI_BAR0
    call    pci_read32
    and     al, 0xf0
    mov     [VAR_VGA_BAR0], eax
    mov     di, PCI_BAR2
    call    pci_read32
    and     al, 0xf0
    mov     [VAR_VGA_BAR2], eax
.done:
    ret

; EAX rounded up to a multiple of ECX, a power of two
align_up:
    dec     ecx
    add     eax, ecx
    inc     ecx
    push    ecx
    neg     ecx
    and     eax, ecx
    pop     ecx
    ret
