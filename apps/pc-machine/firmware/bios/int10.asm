; INT 10h, display: 80x25 text in the VGA's text memory. What is printed also goes out on the serial port.

VIDEO_SEG       equ 0xb800

int10:
    INT_ENTER
    push    word VIDEO_SEG
    pop     es
    cmp     ah, 0x0e
    je      .teletype
    cmp     ah, 0x00
    je      .mode
    cmp     ah, 0x01
    je      .cursor_type
    cmp     ah, 0x02
    je      .cursor_set
    cmp     ah, 0x03
    je      .cursor_get
    cmp     ah, 0x06
    je      .scroll_up
    cmp     ah, 0x07
    je      .scroll_down
    cmp     ah, 0x08
    je      .read
    cmp     ah, 0x09
    je      .write
    cmp     ah, 0x0a
    je      .write
    cmp     ah, 0x0f
    je      .mode_get
    cmp     ah, 0x13
    je      .string
.done:
    INT_LEAVE

.mode:                                  ; every mode is 80x25 text; bit 7 keeps the contents
    test    al, 0x80
    jnz     .done
    call    vga_text_mode
    call    video_cursor_show
    jmp     .done
.mode_get:
    mov     byte [CALLER_AL], 3
    mov     byte [CALLER_AH], 80
    mov     byte [CALLER_BH], 0
    jmp     .done
.cursor_type:
    mov     [BDA_CURSOR_TYPE], cx
    mov     dx, VGA_CRTC
    mov     al, 0x0a
    mov     ah, ch
    out     dx, ax
    mov     al, 0x0b
    mov     ah, cl
    out     dx, ax
    jmp     .done
.cursor_set:
    mov     [BDA_CURSOR], dx
    call    video_cursor_show
    jmp     .done
.cursor_get:
    mov     ax, [BDA_CURSOR]
    mov     [CALLER_DX], ax
    mov     ax, [BDA_CURSOR_TYPE]
    mov     [CALLER_CX], ax
    jmp     .done
.scroll_up:
    mov     bl, 0
    call    video_scroll
    jmp     .done
.scroll_down:
    mov     bl, 1
    call    video_scroll
    jmp     .done
.read:
    call    video_cell
    mov     ax, [es:di]
    mov     [CALLER_AX], ax
    jmp     .done
.write:                                 ; 09h with attribute BL, 0Ah without
    call    video_cell
    jcxz    .done
    cmp     cx, 1                       ; runs are decoration: only single characters go out
    jne     .write_next
    call    serial_put
.write_next:
    mov     [es:di], al
    inc     di
    cmp     ah, 0x0a
    je      .write_keep
    mov     [es:di], bl
.write_keep:
    inc     di
    cmp     di, 80 * 25 * 2
    jae     .done
    loop    .write_next
    jmp     .done
.teletype:
    mov     bl, 0x07
    call    video_teletype
    jmp     .done
.string:                                ; ES:BP, CX characters at DX; AL bit 0 moves the cursor, bit 1: attributes inside
    mov     [BDA_CURSOR], dx
    push    word [CALLER_ES]
    pop     ds
    mov     si, [bp + 12]
    mov     ah, al
    test    cx, cx
    jz      .string_end
.string_next:
    lodsb
    test    ah, 2
    jz      .string_put
    mov     bl, [si]
    inc     si
.string_put:
    push    ds
    push    word 0
    pop     ds
    call    video_teletype
    pop     ds
    loop    .string_next
.string_end:
    push    word 0
    pop     ds
    test    ah, 1
    jnz     .done
    mov     [BDA_CURSOR], dx
    call    video_cursor_show
    jmp     .done

; ES:DI = the cell at the cursor. Changes nothing else.
video_cell:
    push    ax
    push    dx
    mov     dx, [BDA_CURSOR]
    movzx   ax, dh
    imul    ax, ax, 80
    mov     dh, 0
    add     ax, dx
    add     ax, ax
    mov     di, ax
    pop     dx
    pop     ax
    ret

; Prints AL with attribute BL at the cursor and moves it; ES = VIDEO_SEG. Also on the serial port.
video_teletype:
    call    serial_put
; The same, on the screen alone.
video_put:
    pushad
    mov     dx, [BDA_CURSOR]
    cmp     al, 7
    je      .done
    cmp     al, 8
    je      .back
    cmp     al, 10
    je      .down
    cmp     al, 13
    je      .home
    call    video_cell
    mov     ah, bl
    mov     [es:di], ax
    inc     dl
    cmp     dl, 80
    jb      .move
    mov     dl, 0
.down:
    inc     dh
    cmp     dh, 25
    jb      .move
    mov     dh, 24
    mov     [BDA_CURSOR], dx
    mov     al, 1
    mov     bh, 0x07
    mov     bl, 0
    xor     cx, cx
    mov     dx, 24 << 8 | 79
    call    video_scroll
    jmp     .show
.back:
    test    dl, dl
    jz      .move
    dec     dl
    jmp     .move
.home:
    mov     dl, 0
.move:
    mov     [BDA_CURSOR], dx
.show:
    call    video_cursor_show
.done:
    popad
    ret

; The cursor's place into the display.
video_cursor_show:
    push    ax
    push    dx
    push    di
    call    video_cell
    shr     di, 1
    mov     dx, VGA_CRTC
    mov     ax, di
    mov     al, 0x0e
    out     dx, ax
    mov     ax, di
    mov     ah, al
    mov     al, 0x0f
    out     dx, ax
    pop     di
    pop     dx
    pop     ax
    ret

; Scrolls the window CX (top left, row in the high byte) .. DX (bottom right) by AL lines, 0 = all,
; filling with attribute BH; BL = 0 up, 1 down. ES = VIDEO_SEG.
video_scroll:
    pushad
    cmp     dh, 24
    jbe     .rows_fit
    mov     dh, 24
.rows_fit:
    cmp     dl, 79
    jbe     .columns_fit
    mov     dl, 79
.columns_fit:
    mov     ah, dh
    sub     ah, ch
    jc      .done
    inc     ah                          ; rows of the window
    cmp     al, 0
    je      .all
    cmp     al, ah
    jbe     .count
.all:
    mov     al, ah
.count:
    sub     dl, cl
    jc      .done
    inc     dl                          ; columns
    ; rows are visited from the edge the text moves to: DH = row, step +1 (up) or -1 (down)
    sub     ah, al                      ; rows that move; AL are cleared
    test    bl, bl
    jnz     .row
    mov     dh, ch
.row:
    push    ax
    push    cx
    movzx   di, dh
    imul    di, di, 160
    movzx   si, cl
    add     di, si
    add     di, si
    movzx   cx, dl
    test    ah, ah
    jz      .clear
    movzx   si, al
    imul    si, si, 160
    test    bl, bl
    jz      .from_below
    neg     si
.from_below:
    add     si, di
    shr     cx, 1                       ; two characters at a time; the odd one is in CF
    es rep movsd
    adc     cx, cx
    es rep movsw
    jmp     .row_done
.clear:
    mov     ah, bh
    mov     al, " "
    rep stosw
.row_done:
    pop     cx
    pop     ax
    test    ah, ah
    jz      .cleared
    dec     ah
    jmp     .next
.cleared:
    dec     al
    jz      .done
.next:
    inc     dh
    test    bl, bl
    jz      .row
    sub     dh, 2
    jmp     .row
.done:
    popad
    ret
