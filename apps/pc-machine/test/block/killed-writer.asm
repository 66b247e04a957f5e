; A boot sector that writes to the disk it came from until the machine ends. Write number N fills the first sector of
; cluster N + 1 with N, in 32 bits; after each, a # goes to the first serial port.
CLUSTERS equ 4096
SECTORS equ 128                         ; of a cluster
BUFFER equ 0x8000

bits 16
org 0x7c00
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        cld
next:
        mov eax, [count]
        mov di, BUFFER
        mov cx, 128
        rep stosd
        inc eax
        imul eax, eax, SECTORS
        mov [packet.lba], eax
        mov si, packet
        mov dl, 0x80
        mov ax, 0x4300                  ; write, by a packet
        int 0x13
        mov al, '!'
        jc say
        mov eax, [count]
        inc eax
        and eax, CLUSTERS - 1
        mov [count], eax
        mov al, '#'
say:
        mov dx, 0x3f8
        out dx, al
        jmp next

count:  dd 0
packet: db 16, 0
        dw 1, BUFFER, 0
.lba:   dq 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
