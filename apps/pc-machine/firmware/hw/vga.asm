; VGA registers: 80x25 text, colours, and the two register files the tour turns.

; 80x25 text from nothing: registers, characters, colours, an empty screen.
vga_text_mode:
    pushad
    call    vga_text_registers
    call    vga_font_load
    call    vga_text_registers
    call    vga_colours
    mov     edi, 0xb8000
    mov     ecx, 80 * 25 / 2
    mov     eax, 0x07200720
    cld
    a32 rep stosd
    mov     word [BDA_CURSOR], 0
    popad
    ret

; Programs 80x25 text with the frame buffer window at 0xb8000. What is in the planes stays.
vga_text_registers:
    pushad
    OUTB    VGA_MISC_WRITE, 0x67        ; colour ports, 28 MHz, 400 lines
    mov     dx, VGA_SEQ
    mov     si, vga_seq_values
    mov     cx, 5
    call    vga_write_file
    mov     dx, VGA_CRTC
    mov     ax, 0x0e11                  ; unlock the first eight registers
    out     dx, ax
    mov     si, vga_crtc_values
    mov     cx, 25
    call    vga_write_file
    mov     dx, VGA_GFX
    mov     si, vga_gfx_values
    mov     cx, 9
    call    vga_write_file
    mov     dx, VGA_STATUS
    in      al, dx                      ; the attribute port expects an index next
    mov     dx, VGA_ATTR
    mov     si, vga_attr_values
    xor     cx, cx
.attribute:
    mov     al, cl
    out     dx, al
    cs lodsb
    out     dx, al
    inc     cx
    cmp     cl, 21
    jb      .attribute
    mov     al, 0x20                    ; palette in use: picture on
    out     dx, al
    popad
    ret

; DX = index port, CS:SI = values, CX = how many, from index 0
vga_write_file:
    xor     bl, bl
.next:
    cs lodsb
    mov     ah, al
    mov     al, bl
    out     dx, ax
    inc     bl
    loop    .next
    ret

; The 64 colours of the EGA: bits 0..2 blue, green, red at two thirds, bits 3..5 at one third.
vga_colours:
    OUTB    0x3c6, 0xff
    OUTB    0x3c8, 0
    mov     dx, 0x3c9
    xor     bx, bx
.colour:
    mov     cx, 2                       ; red, green, blue: bits 2, 1, 0
.part:
    mov     ah, bl
    shr     ah, cl
    xor     al, al
    test    ah, 1
    jz      .dim
    mov     al, 0x2a
.dim:
    test    ah, 8
    jz      .send
    add     al, 0x15
.send:
    out     dx, al
    dec     cx
    jns     .part
    inc     bl
    cmp     bl, 64
    jb      .colour
    ret

; Graphics controller register AL := AH, sequencer register AL := AH.
vga_gfx_set:
    push    dx
    mov     dx, VGA_GFX
    out     dx, ax
    pop     dx
    ret
vga_seq_set:
    push    dx
    mov     dx, VGA_SEQ
    out     dx, ax
    pop     dx
    ret

; Dispi register AX := CX by port; AX -> AX read.
dispi_write:
    push    dx
    push    ax
    mov     dx, DISPI_INDEX
    out     dx, ax
    mov     dx, DISPI_DATA
    mov     ax, cx
    out     dx, ax
    pop     ax
    pop     dx
    ret
dispi_read:
    push    dx
    mov     dx, DISPI_INDEX
    out     dx, ax
    mov     dx, DISPI_DATA
    in      ax, dx
    pop     dx
    ret

section .rodata
vga_seq_values:
    db      0x03, 0x01, 0x03, 0x00, 0x02
vga_crtc_values:
    db      0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e
    db      0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
vga_gfx_values:
    db      0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff
vga_attr_values:
    db      0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07
    db      0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f
    db      0x0c, 0x00, 0x0f, 0x08, 0x00
section .text
