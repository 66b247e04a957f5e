; Real mode: int n, int3, into, bound, iret, the exceptions an instruction can raise, single step.
%include "lib.inc"

VALUES b_vals, 0, 5, 0x7f, 0x80, 0xffff, 0x8000
VALUES fl_vals, 2, 0x8d7, 0x802, 0x202, 0x602

%macro VECTOR 2                 ; number, handler
        mov word [%1 * 4], %2
        mov word [%1 * 4 + 2], 0xf000
%endmacro

counted:                        ; an interrupt handler that only notes what it was given
        inc dword [ss:v_mark]
        push bp
        mov bp, sp
        push eax
        mov ax, [bp+2]
        mov [ss:v_mark+4], ax
        mov ax, [bp+6]
        mov [ss:v_mark+8], ax
        pushfd
        pop dword [ss:v_mark+12]
        pop eax
        pop bp
        iret

clear:
        mov dword [v_mark], 0
        mov dword [v_mark+4], 0
        mov dword [v_mark+8], 0
        mov dword [v_mark+12], 0
        ret

; the single-step handler keeps a trail of instruction pointers
tracer: push bp
        mov bp, sp
        push bx
        push eax
        mov bx, [ss:v_mark]
        mov ax, [bp+2]
        sub ax, [ss:v_stub]
        mov [ss:BUF+bx], ax
        mov ax, [bp+6]
        mov [ss:BUF+bx+2], ax
        add bx, 4
        and bx, 0xff
        mov [ss:v_mark], bx
        mov eax, dr6
        mov [ss:s_x0], eax
        and eax, 0xffff1ff0
        mov dr6, eax
        pop eax
        pop bx
        pop bp
        iret
clear_trail:
        cld
        mov edi, BUF
        mov ecx, 0x100
        xor eax, eax
.more:  mov [edi], al
        inc edi
        loop .more
        mov [v_mark], eax
        mov [s_x0], eax
        ret

whole_table:
        dw 0x3ff
        dd 0

main:
        SHOW I_FL|S_EAX|S_ESP|S_FL|S_VEC|S_EIP|S_CS
        FLAGS_IN fl_vals
        CASE int 0x20
        CASE int 0x21
        CASE int3
        NAMED "int 3 (cd)", db 0xcd, 3
        CASE into
        CASE ud2
        NAMED "0f ff", db 0x0f, 0xff
        BEGIN "cli sti"
        sti
        pushfd
        pop eax
        cli
        END
        SHOW I_FL|S_EAX|S_ESP|S_FL|S_VEC
        VECTOR 0x20, counted
        VECTOR 4, counted
        VECTOR 3, counted
        BEFORE clear
        SHOW_MEM v_mark, 16
        CASE int 0x20
        CASE int3
        CASE into
        BEGIN "iret with a full flag image"
        push word 0x7ed7
        push cs
        push .a
        iret
.a:     pushfd
        pop eax
        push dword 2
        popfd
        END
        BEGIN "iretd"
        push dword 0x00047ed7
        push dword 0xf000
        push dword .a
        iretd
.a:     pushfd
        pop eax
        push dword 2
        popfd
        END
        BEFORE nothing
        SHOW_MEM 0, 0
        FLAGS_IN one_flags
        SHOW I_ECX|S_ECX|S_ESP|S_FL|S_VEC|S_EIP
        B_VALUES b_vals
        mov dword [BUF], 0x7fff8000     ; -32768 .. 32767
        mov dword [BUF+4], 0x007f0005   ; 5 .. 127
        mov dword [BUF+8], 5
        mov dword [BUF+12], 0x7f
        CASE bound cx, [BUF]
        CASE bound cx, [BUF+4]
        CASE bound ecx, [BUF+8]
        NAMED "bound cx, cx", db 0x62, 0xc9
        B_VALUES one_zero

; #DE: the faulting instruction itself is where to come back to
        SHOW S_EAX|S_EDX|S_ESP|S_FL|S_VEC|S_EIP|S_CS
        CASE div cl
        CASE idiv ecx
        BEGIN "prefixes belong to the fault's address"
        db 0x26, 0x3e, 0x66
        div cx
        END
        NAMED "#UD after prefixes", db 0x66, 0x67, 0x0f, 0xff

; no instruction in real mode
        CASE ltr ax
        CASE lldt ax
        CASE str ax
        CASE sldt ax
        CASE verr ax
        CASE verw ax
        CASE lar ax, cx
        CASE lsl ax, cx
        CASE arpl ax, cx

        NOTE "vectors beyond the table"
        SHOW S_EAX|S_ESP|S_VEC|S_EIP
        BEGIN "int beyond the limit of the idt"
        lidt [cs:.short]
        int 0x20
        jmp .end
.short: dw 0x7f
        dd 0
.end:
        END
        BEGIN "int at the limit of the idt"
        int 0x1f
        END
        lidt [cs:whole_table]

; single step
        VECTOR 1, tracer
        BEFORE clear_trail
        SHOW_MEM BUF, 0x60
        SHOW S_EAX|S_ECX|S_ESI|S_FL|S_X0
        IN_REG i_esi, BUF2
        VECTOR 0x20, counted2
        BEGIN "single step over plain instructions"
        mov eax, 0
        push dword 0x102
        popfd
        nop
        inc eax
        push eax
        pop ecx
        jmp short .a
        nop
.a:     push dword 2
        popfd
        END
        BEGIN "single step: loading ss shields the next instruction"
        push dword 0x102
        popfd
        mov cx, ss
        mov ss, cx
        nop
        nop
        push ss
        pop ss
        nop
        nop
        push dword 2
        popfd
        END
        BEGIN "single step over int n and iret"
        push dword 0x102
        popfd
        int 0x20
        nop
        push dword 2
        popfd
        END
        BEGIN "single step: pushf shows TF, popf clears it"
        push dword 0x102
        popfd
        pushfd
        pop eax
        pushf
        pop cx
        push dword 2
        popfd
        nop
        END
        BEGIN "single step over rep lodsb"
        mov ecx, 3
        push dword 0x102
        popfd
        rep lodsb
        nop
        push dword 2
        popfd
        END
        BEGIN "single step over a fault"
        push dword 0x102
        popfd
        nop
        xor eax, eax
        call .a
        jmp short .b
.a:     ret
.b:     push dword 2
        popfd
        END
        BEGIN "iret that sets TF"
        push word 0x102
        push cs
        push .a
        iret
        nop
.a:     nop
        nop
        push dword 2
        popfd
        END
        FINISH
counted2:
        iret
