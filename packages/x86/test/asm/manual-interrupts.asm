; Judged by the manual: when the interrupt line and NMI are taken. Runs on the test machine alone, where port 0xEA
; raises the line with the vector written, 0xEB raises NMI, and 0xEC raises the line once the processor halts.
%include "lib.inc"

; each handler counts and notes where it came from, relative to the case, and the flags it began with
handler:
%if MODE == 16
        push bp
        mov bp, sp
        push eax
        inc byte [ss:BUF]
        mov ax, [bp+2]
        sub ax, [ss:v_stub]
        movzx eax, ax
%else
        push ebp
        mov ebp, esp
        push eax
        inc byte [BUF]
        mov eax, [ebp+4]
        sub eax, [v_stub]
%endif
        mov [ss:BUF+4], eax
        pushfd
        pop eax
        and eax, 0x300
        mov [ss:BUF+8], eax
        pop eax
%if MODE == 16
        pop bp
        iret
%else
        pop ebp
        iretd
%endif
; an NMI handler that raises another NMI: it waits for iret
nmi_handler:
        inc byte [ss:BUF]
        cmp byte [ss:BUF], 1
        jne .second
        out 0xeb, al
        nop
        mov byte [ss:BUF+1], 1          ; still the first
        mov dword [ss:BUF+4], 0
.second:
%if MODE == 16
        iret
%else
        iretd
%endif

; notes each time where it came from (relative to the case, shifted left by 8) and the count in cl
trail:
%if MODE == 16
        push bp
        mov bp, sp
        push eax
        push ebx
        movzx eax, word [bp+2]
        sub ax, [ss:v_stub]
%else
        push ebp
        mov ebp, esp
        push eax
        push ebx
        mov eax, [ebp+4]
        sub eax, [v_stub]
%endif
        shl eax, 8
        mov al, cl
        movzx ebx, byte [ss:BUF]
        inc byte [ss:BUF]
        mov [ss:BUF+32+ebx*4], eax
        pop ebx
        pop eax
%if MODE == 16
        pop bp
        iret
%else
        pop ebp
        iretd
%endif

clear:  mov dword [BUF], 0
        mov dword [BUF+4], -1
        mov dword [BUF+8], -1
        ret

%macro TAKEN 2                  ; times, where
        EXPECT s_vec, -1
        EXPECT BUF, %1
        EXPECT BUF+4, %2
%endmacro

main:
%if MODE == 16
        mov word [0x40*4], handler
        mov word [0x40*4+2], 0xf000
        mov word [0x41*4], trail
        mov word [0x41*4+2], 0xf000
        mov word [2*4], nmi_handler
        mov word [2*4+2], 0xf000
%else
        lidt [cs:.idtr]
        jmp .go
.idtr:  dw 0x7ff
        dd 0x20000
.go:    mov esi, IDT
        mov edi, 0x20000
        mov ecx, 0x34*2
        cld
        rep movsd
        GATE 0x20000, 0x40, SEL_CODE, handler, 0x8e, 0
        GATE 0x20000, 0x41, SEL_CODE, trail, 0x8e, 0
        GATE 0x20000, 2, SEL_CODE, nmi_handler, 0x8e, 0
%endif
        BEFORE clear
        SHOW S_VEC|S_EIP|S_FL
        BEGIN "with IF set: at the boundary after the out"
        sti
        nop
        mov al, 0x40
        out 0xea, al
        nop
        cli
        END
        TAKEN 1, 6
        EXPECT BUF+8, 0
        BEGIN "with IF clear: not at all, then after the instruction that follows sti"
        cli
        mov al, 0x40
        out 0xea, al
        nop
        nop
        sti
        nop
        nop
        cli
        END
        TAKEN 1, 9
        BEGIN "sti and cli in a row let nothing through; popf does at once"
        cli
        mov al, 0x40
        out 0xea, al
        sti
        cli
        mov cl, [ss:BUF]
        mov [ss:BUF+1], cl
        push dword 0x202
        popfd
        nop
        cli
        nop
        END
%if MODE == 16
        TAKEN 1, 25
%else
        TAKEN 1, 27
%endif
        BEGIN "iret that sets IF"
        cli
        mov al, 0x40
        out 0xea, al
%if MODE == 16
        push word 0x202
        push cs
        push .a
        iret
%else
        push dword 0x202
        push cs
        push dword .a
        iretd
%endif
        nop
.a:     nop
        mov eax, .a
        sub eax, [ss:v_stub]
        mov [ss:s_x0], eax
        cli
        END
        EXPECT BUF, 1
        EXPECT BUF+4, [s_x0]
        BEGIN "hlt wakes up behind itself"
        mov al, 0x40
        out 0xec, al
        sti
        hlt
        nop
        cli
        END
        TAKEN 1, 6
        BEGIN "nmi in spite of IF clear; the next one waits for iret"
        cli
        out 0xeb, al
        nop
        nop
        nop
        END
        EXPECT s_vec, -1
        EXPECT BUF, 0x0102
        BEGIN "sti, then mov ss: taken once"
        cli
        mov al, 0x40
        out 0xea, al
        mov ebx, ss
        sti
        mov ss, bx
        nop
        nop
        cli
        END
        EXPECT s_vec, -1
        EXPECT BUF, 1
        BEGIN "a repeated instruction: after each element, and then it goes on"
        mov dword [BUF+16], 0x41414141
        mov esi, BUF+16
        mov ecx, 4
        mov edx, 0xea
        cld
        sti
        nop
.a:     rep outsb
        cli
        mov eax, .a
        sub eax, [ss:v_stub]
        shl eax, 8
        sub [BUF+32], eax
        sub [BUF+36], eax
        sub [BUF+40], eax
        sub [BUF+44], eax
        mov [s_x0], ecx
        sub esi, BUF
        mov [s_x0+4], esi
        END
        EXPECT s_vec, -1
        EXPECT BUF, 4
        EXPECT BUF+32, 3
        EXPECT BUF+36, 2
        EXPECT BUF+40, 1
        EXPECT BUF+44, 0x200            ; the last one, behind it
        EXPECT s_x0, 0
        EXPECT s_x0+4, 20
        FINISH
