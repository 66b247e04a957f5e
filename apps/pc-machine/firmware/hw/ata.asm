; ATA disks by programmed I/O, polled. The disk in use is in VAR_DISK_*.

ATA_DATA        equ 0                   ; offsets from the command block port
ATA_COUNT       equ 2
ATA_LBA0        equ 3
ATA_DEVICE      equ 6
ATA_STATUS      equ 7
ATA_COMMAND     equ 7
ATA_BSY         equ 0x80
ATA_DF          equ 0x20
ATA_DRQ         equ 0x08
ATA_ERR         equ 0x01
ATA_CMD_READ    equ 0x20
ATA_CMD_WRITE   equ 0x30
ATA_CMD_VERIFY  equ 0x40
ATA_CMD_FLUSH   equ 0xe7
ATA_CMD_IDENTIFY equ 0xec
ATA_TIMEOUT_MS  equ 10000

; Looks at the four places of the two legacy channels and keeps the first ATA disk: BDA_DISK_COUNT
; becomes 1, and its geometry is translated so that all of up to 8 GB is reachable by cylinder.
ata_find_disk:
    pushad
    mov     byte [BDA_DISK_COUNT], 0
    mov     si, ata_places
.place:
    cs lodsw
    test    ax, ax
    jz      .done
    mov     [VAR_DISK_IO], ax
    cs lodsw
    mov     [VAR_DISK_CTL], ax
    cs lodsb
    mov     [VAR_DISK_SELECT], al
    call    ata_identify
    jc      .place
    mov     byte [BDA_DISK_COUNT], 1
    call    ata_geometry
.done:
    popad
    ret

; CF = no ATA disk at this place (none, a packet device, or one that does not answer); else
; VAR_DISK_SIZE. The identify data goes to SCRATCH.
ata_identify:
    mov     dx, [VAR_DISK_CTL]
    mov     al, 2                       ; no interrupts: this driver polls
    out     dx, al
    mov     dx, [VAR_DISK_IO]
    add     dx, ATA_DEVICE
    mov     al, [VAR_DISK_SELECT]
    out     dx, al
    call    ata_settle
    mov     dx, [VAR_DISK_IO]
    add     dx, ATA_STATUS
    in      al, dx
    cmp     al, 0xff                    ; a channel that is not there
    je      .absent
    mov     al, ATA_CMD_IDENTIFY
    out     dx, al
    call    ata_settle
    in      al, dx
    test    al, al                      ; a device that is not there
    jz      .absent
    mov     ecx, 1000
    call    ata_wait_data
    jc      .absent
    push    es
    mov     ax, SCRATCH_SEG
    mov     es, ax
    xor     di, di
    mov     cx, 256
    mov     dx, [VAR_DISK_IO]
    rep insw
    mov     eax, [es:60 * 2]            ; LBA28 sectors
    pop     es
    mov     [VAR_DISK_SIZE], eax
    test    eax, eax
    jz      .absent
    clc
    ret
.absent:
    stc
    ret

; The 400 ns a device has to bring its status up to date.
ata_settle:
    push    ax
    push    cx
    push    dx
    mov     dx, [VAR_DISK_CTL]
    mov     cx, 5
.look:
    in      al, dx
    loop    .look
    pop     dx
    pop     cx
    pop     ax
    ret

; 63 sectors a track and as few heads (16, 32, 64, 128, 255) as bring the cylinders to 1024 or less.
ata_geometry:
    mov     byte [VAR_DISK_SPT], 63
    mov     ecx, 16
.try:
    mov     eax, [VAR_DISK_SIZE]
    xor     edx, edx
    mov     ebx, ecx
    imul    ebx, ebx, 63
    div     ebx
    cmp     eax, 1024
    jbe     .fits
    cmp     ecx, 255
    je      .limit
    add     ecx, ecx
    cmp     ecx, 256
    jb      .try
    dec     ecx
    jmp     .try
.limit:
    mov     eax, 1024
.fits:
    test    eax, eax
    jnz     .store
    inc     eax
.store:
    mov     [VAR_DISK_CYLS], ax
    mov     [VAR_DISK_HEADS], cx
    ret

; Waits until the device is not busy, at most ECX ms. CF = late, or an error; AL = status.
ata_wait_idle:
    push    dx
    call    timeout_start
    mov     dx, [VAR_DISK_IO]
    add     dx, ATA_STATUS
.look:
    in      al, dx
    test    al, ATA_BSY
    jz      .idle
    call    timeout_passed
    jnc     .look
    pop     dx
    ret
.idle:
    test    al, ATA_ERR | ATA_DF
    pop     dx
    jz      .good
    stc
.good:
    ret

; The same, and then it must have data or want some.
ata_wait_data:
    call    ata_wait_idle
    jc      .done
    test    al, ATA_DRQ
    jnz     .done                       ; test cleared CF
    stc
.done:
    ret

; Starts command AL for ECX sectors (1..256) at LBA EDX.
ata_start:
    pushad
    mov     bl, al
    push    ecx
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_idle               ; an old error does not matter
    pop     ecx
    mov     esi, edx
    mov     dx, [VAR_DISK_IO]
    add     dx, ATA_DEVICE
    mov     eax, esi
    shr     eax, 24
    and     al, 0x0f
    or      al, [VAR_DISK_SELECT]
    out     dx, al
    call    ata_settle
    mov     dx, [VAR_DISK_IO]
    add     dx, ATA_COUNT
    mov     al, cl                      ; 256 is 0
    out     dx, al
    inc     dx                          ; the three LBA registers
    mov     eax, esi
    out     dx, al
    inc     dx
    shr     eax, 8
    out     dx, al
    inc     dx
    shr     eax, 8
    out     dx, al
    add     dx, 2
    mov     al, bl
    out     dx, al
    call    ata_settle
    popad
    ret

; Transfers ECX sectors (1..256) from LBA EDX to ES:DI, or, ata_write, the other way. CF = failed.
; ES:DI is brought to an offset below 16 before each sector, so that no transfer runs over a segment.
ata_read:
    pushad
    push    es
    call    ata_normalise
    mov     al, ATA_CMD_READ
    call    ata_start
.sector:
    push    ecx
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_data
    pop     ecx
    jc      ata_finish
    push    cx
    mov     cx, 256
    mov     dx, [VAR_DISK_IO]
    cld
    rep insw
    pop     cx
    call    ata_normalise
    loop    .sector
    clc
    jmp     ata_finish

ata_write:
    pushad
    push    es
    call    ata_normalise
    mov     al, ATA_CMD_WRITE
    call    ata_start
.sector:
    push    ecx
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_data
    pop     ecx
    jc      ata_finish
    push    cx
    push    si
    mov     cx, 256
    mov     dx, [VAR_DISK_IO]
    mov     si, di
    cld
    es rep outsw
    mov     di, si
    pop     si
    pop     cx
    call    ata_normalise
    loop    .sector
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_idle
    jc      ata_finish
    mov     al, ATA_CMD_FLUSH
    mov     cl, 0
    call    ata_start
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_idle
ata_finish:
    pop     es
    popad
    ret

; Checks that ECX sectors at EDX can be read. CF = failed.
ata_verify:
    pushad
    mov     al, ATA_CMD_VERIFY
    call    ata_start
    mov     ecx, ATA_TIMEOUT_MS
    call    ata_wait_idle
    popad
    ret

; ES:DI -> the same address with DI below 16
ata_normalise:
    push    ax
    push    bx
    mov     ax, di
    shr     ax, 4
    mov     bx, es
    add     ax, bx
    mov     es, ax
    and     di, 15
    pop     bx
    pop     ax
    ret

section .rodata
ata_places:
    dw      0x1f0, 0x3f6
    db      0xe0
    dw      0x1f0, 0x3f6
    db      0xf0
    dw      0x170, 0x376
    db      0xe0
    dw      0x170, 0x376
    db      0xf0
    dw      0
section .text
