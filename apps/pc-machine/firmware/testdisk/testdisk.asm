; A test disk: a boot sector that uses the firmware's services and tells what came of it, and three more
; sectors for it to read. Ends by INT 18h.

bits 16
cpu 386
org 0x7c00

BUFFER          equ 0x9000
MAP_BUFFER      equ 0xa000

start:
    cli
    xor     ax, ax
    mov     ds, ax
    mov     es, ax
    mov     ss, ax
    mov     sp, 0x7c00
    sti
    cld
    mov     [drive], dl
    mov     si, hello
    call    print

    mov     si, by_chs                  ; sector 1 is cylinder 0, head 0, sector 2
    mov     ax, 0x0201
    mov     cx, 0x0002
    xor     dh, dh
    mov     dl, [drive]
    mov     bx, BUFFER
    int     0x13
    call    show_sector

    mov     ah, 0x41                    ; are packets understood?
    mov     bx, 0x55aa
    mov     dl, [drive]
    int     0x13
    mov     si, by_lba
    mov     di, packet
    mov     dword [di + 8], 2
    call    packet_read
    call    show_sector

    mov     si, written                 ; the same with other first letters to sector 3, and back
    mov     dword [packet + 8], 3
    mov     word [BUFFER], "TH"
    mov     ah, 0x43
    call    packet_call
    mov     word [BUFFER], 0
    call    packet_read
    call    show_sector

    mov     si, past                    ; the last sector + 1
    mov     word [packet + 14], 1
    call    packet_read
    call    show_sector

    int     0x12
    cmp     ax, 640
    jne     .failed
    xor     ebx, ebx
    xor     si, si
.map:
    mov     eax, 0xe820
    mov     edx, 0x534d4150
    mov     ecx, 20
    mov     di, MAP_BUFFER
    int     0x15
    jc      .failed
    inc     si
    test    ebx, ebx
    jnz     .map
    cmp     si, 4
    jb      .failed
    mov     si, memory
    call    print
.failed:
    mov     si, key
    call    print
    xor     ah, ah
    int     0x16
    mov     ah, 0x0e
    int     0x10
    mov     si, end_of_line
    call    print
    int     0x18

packet_read:
    mov     ah, 0x42
packet_call:
    push    si
    mov     si, packet
    mov     dl, [drive]
    int     0x13
    pop     si
    ret

; Prints the heading at SI, then "error" (CF) or the text of the sector.
show_sector:
    pushf
    call    print
    popf
    mov     si, error
    jc      print
    mov     si, BUFFER
print:
    lodsb
    test    al, al
    jz      .done
    mov     ah, 0x0e
    mov     bx, 0x0007
    int     0x10
    jmp     print
.done:
    ret

hello:          db "testdisk: started", 13, 10, 0
by_chs:         db "testdisk: by cylinder: ", 0
by_lba:         db "testdisk: by number: ", 0
written:        db "testdisk: written: ", 0
past:           db "testdisk: past the end: ", 0
error:          db "error"
end_of_line:    db 13, 10, 0
memory:         db "testdisk: memory map read", 13, 10, 0
key:            db "testdisk: press a key: ", 0
drive:          db 0
align 4
packet:         dw 16, 1, BUFFER, 0
                dd 2, 0

    times 510 - ($ - $$) db 0
    dw 0xaa55

    db "the second sector", 13, 10
    times 1024 - ($ - $$) db 0
    db "the third sector", 13, 10
    times 1536 - ($ - $$) db 0
    times 2048 - ($ - $$) db 0
