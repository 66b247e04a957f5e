; Step 11, fw_cfg: a device that reads and writes guest memory itself. What comes by DMA equals what
; comes by port; and the device notices where its writes go.

DMA_BUFFER      equ SCRATCH + 0x1000
PORT_BUFFER     equ SCRATCH + 0x2000
FILE_ENTRY      equ 64                  ; size, item, name
FILE_COMPARE    equ 256

step_fwcfg:
    mov     ax, FWCFG_SIGNATURE
    call    fwcfg_select
    call    fwcfg_read32
    EXPECT  "QEMU", "signature by port"
    mov     dx, FWCFG_DMA_HIGH
    in      eax, dx
    EXPECT  "QEMU", "signature of the DMA interface"
    mov     dx, FWCFG_DMA_LOW
    in      eax, dx
    EXPECT  " CFG", "signature of the DMA interface, second half"

    mov     edi, DMA_BUFFER
    mov     dword [edi], 0
    mov     dword [edi + 4], 0x5a5a5a5a
    mov     ecx, 4
    mov     eax, FWCFG_SIGNATURE << 16 | FWCFG_DMA_SELECT | FWCFG_DMA_READ
    call    fwcfg_dma
    EXPECT  0, "control after a read"
    mov     eax, [edi]
    EXPECT  "QEMU", "signature by DMA"
    mov     eax, [edi + 4]
    EXPECT  0x5a5a5a5a, "memory behind a read"
    mov     eax, FWCFG_DMA_READ         ; the signature is four bytes: nothing is left
    call    fwcfg_dma
    EXPECT  0, "control after a read past the end"
    mov     eax, [edi]
    EXPECT  0, "a read past the end"

    ; the first file of the directory
    mov     ax, FWCFG_FILE_DIR
    call    fwcfg_select
    call    fwcfg_read32_be
    SAY     "  files: "
    call    print_decimal
    SAY     10
    test    eax, eax
    jz      .refusals
    mov     ebx, PORT_BUFFER
    mov     cx, FILE_ENTRY
    call    .by_port
    mov     ecx, 4                      ; over the count
    mov     eax, FWCFG_FILE_DIR << 16 | FWCFG_DMA_SELECT | FWCFG_DMA_SKIP
    call    fwcfg_dma
    EXPECT  0, "control after a skip"
    mov     ecx, FILE_ENTRY
    mov     eax, FWCFG_DMA_READ
    call    fwcfg_dma
    mov     ecx, FILE_ENTRY
    call    .compare
    EXPECT  0, "directory entry, bytes that differ"

    mov     ebx, PORT_BUFFER
    movzx   edx, word [ebx + 4]         ; its item
    xchg    dl, dh
    mov     ax, dx
    call    fwcfg_select
    mov     cx, FILE_COMPARE            ; shorter files go on in zeroes, both ways
    call    .by_port
    mov     ecx, FILE_COMPARE
    mov     eax, edx
    shl     eax, 16
    mov     al, FWCFG_DMA_SELECT | FWCFG_DMA_READ
    call    fwcfg_dma
    mov     ecx, FILE_COMPARE
    call    .compare
    EXPECT  0, "file contents, bytes that differ"

.refusals:
    mov     edi, DMA_BUFFER
    mov     dword [edi], "fake"
    mov     ecx, 4
    mov     eax, FWCFG_SIGNATURE << 16 | FWCFG_DMA_SELECT | FWCFG_DMA_WRITE
    call    fwcfg_dma
    EXPECT  FWCFG_DMA_ERROR, "control after a write to a fixed item"
    mov     ax, FWCFG_SIGNATURE
    call    fwcfg_select
    call    fwcfg_read32
    EXPECT  "QEMU", "a fixed item after a write"
    mov     edi, HOLE                   ; nobody there
    mov     ecx, 4
    mov     eax, FWCFG_SIGNATURE << 16 | FWCFG_DMA_SELECT | FWCFG_DMA_READ
    call    fwcfg_dma
    EXPECT  FWCFG_DMA_ERROR, "control after a read into a hole"
    mov     edi, ROM_HIGH + SHADOW_SPARE
    mov     eax, FWCFG_SIGNATURE << 16 | FWCFG_DMA_SELECT | FWCFG_DMA_READ
    call    fwcfg_dma
    mov     eax, [edi]
    EXPECT  0, "ROM after a read into it"
    ret

; CX bytes of the selected item to EBX
.by_port:
    push    ebx
.next:
    call    fwcfg_read8
    mov     [ebx], al
    inc     ebx
    loop    .next
    pop     ebx
    ret

; EAX = how many of the ECX bytes of the two buffers are left from the first that differs
.compare:
    push    esi
    push    edi
    mov     esi, PORT_BUFFER
    mov     edi, DMA_BUFFER
    cld
    a32 repe cmpsb
    mov     eax, ecx
    je      .equal
    inc     eax
.equal:
    pop     edi
    pop     esi
    ret
