; The firmware configuration device: by port, and by DMA. Its numbers are big endian.

; Selects item AX. Preserves every register.
fwcfg_select:
    push    dx
    mov     dx, FWCFG_SELECT
    out     dx, ax
    pop     dx
    ret

fwcfg_read8:                            ; -> AL
    push    dx
    mov     dx, FWCFG_DATA
    in      al, dx
    pop     dx
    ret

; -> EAX = the next four bytes as a little endian number
fwcfg_read32:
    push    cx
    mov     cx, 4
.next:
    call    fwcfg_read8
    ror     eax, 8
    loop    .next
    pop     cx
    ret

; -> EAX = the next four bytes as a big endian number
fwcfg_read32_be:
    call    fwcfg_read32
    bswap   eax
    ret

FWCFG_REQUEST   equ SCRATCH             ; where requests are built: control, length, address

; Runs one DMA request: EAX = control (item in its upper half), ECX = length, EDI = address.
; -> EAX = control word afterwards: 0 when done, FWCFG_DMA_ERROR when refused.
fwcfg_dma:
    push    ebx
    push    dx
    mov     ebx, FWCFG_REQUEST
    bswap   eax
    mov     [ebx], eax
    mov     eax, ecx
    bswap   eax
    mov     [ebx + 4], eax
    mov     dword [ebx + 8], 0
    mov     eax, edi
    bswap   eax
    mov     [ebx + 12], eax
    mov     dx, FWCFG_DMA_HIGH
    xor     eax, eax
    out     dx, eax
    mov     dx, FWCFG_DMA_LOW
    mov     eax, ebx
    bswap   eax
    out     dx, eax                     ; starts it
    push    cx
    xor     cx, cx
.wait:                                  ; a device may finish later: only 0 and the error bit are final
    mov     eax, [ebx]
    bswap   eax
    test    eax, ~FWCFG_DMA_ERROR
    loopnz  .wait
    pop     cx
    pop     dx
    pop     ebx
    ret
