; Step 12, SMRAM: behind the VGA window there is ordinary RAM, kept for system management. The host
; bridge can open it; closed again, it keeps its bytes where nobody sees them.

step_smram:
    call    tour_needs_vga              ; without a display the RAM shows through the empty window
    jz      .done
    mov     bx, BDF_HOST
    mov     di, SMRAM_CONTROL
    call    pci_read8
    mov     cl, al                      ; closed
    mov     ch, al
    or      ch, SMRAM_D_OPEN            ; open
    mov     esi, 0xa8000
    mov     edx, TEXT_CELL
    mov     dword [edx], 0x07580759

    mov     al, ch
    call    pci_write8
    mov     dword [esi], 0xdeadbeef
    mov     dword [edx], 0xfacade01
    mov     eax, [esi]
    EXPECT  0xdeadbeef, "opened window"
    mov     eax, [edx]
    EXPECT  0xfacade01, "opened window at the text cells"

    mov     al, cl
    call    pci_write8
    mov     eax, [esi]
    EXPECT_NOT 0xdeadbeef, "closed window"
    mov     eax, [edx]
    EXPECT  0x07580759, "text cells, untouched"
    mov     dword [edx], 0x07200720

    mov     al, ch
    call    pci_write8
    mov     eax, [esi]
    EXPECT  0xdeadbeef, "window opened again"
    mov     eax, [edx]
    EXPECT  0xfacade01, "window opened again, at the text cells"
    mov     al, cl
    call    pci_write8
.done:
    ret
