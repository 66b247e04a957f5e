; push and pop in all forms, pusha popa pushf popf enter leave; stack pointers that wrap.
%include "lib.inc"

VALUES a_vals, 0x81828384
VALUES fl_vals, 0x2, 0x8d7, 0x3000, 0x7fd5, 0x40ed7, 0x47000, 0xffc88fd7

set_mem:                        ; a pattern where cases push, and at BUF2
        cld
        mov edi, STACK-0x100
        mov eax, 0x01020304
        mov ecx, 0x38
.more:  mov [edi], eax
        add eax, 0x04040404
        add edi, 4
        loop .more
        mov edi, BUF2
        mov ecx, 0x40
.more2: mov [edi], eax
        add eax, 0x04040404
        add edi, 4
        loop .more2
        mov dword [i_ebp], BUF2+0x80
        ret

; The case runs on a stack of its own: BUF2+0x40, shown whole.
%macro ON_STACK 2+
        mov esi, %%desc
        call run_case
  [section .tab]
        align 4
%%desc: dd %%stub
        db %1, 0
%%stub: mov [v_tmp], esp
        mov esp, BUF2+0x40
        %2
        mov [s_x0], esp
        mov esp, [v_tmp]
        ret
  __SECT__
%endmacro

main:
        BEFORE set_mem
        A_VALUES a_vals
        SHOW S_REGS|S_X0
        SHOW_MEM BUF2, 0x60
        ON_STACK "push ax", push ax
        ON_STACK "push eax", push eax
        ON_STACK "push sp", push sp
        ON_STACK "push esp", push esp
        ON_STACK "push bp/edi", push bp
        ON_STACK "push edi", push edi
        ON_STACK "push imm8", push byte -2
        ON_STACK "push imm8 o16", o16 push byte -2
        ON_STACK "push imm8 o32", o32 push byte -2
        ON_STACK "push imm16", push word 0x8123
        ON_STACK "push imm32", push dword 0x81234567
        ON_STACK "push cs", push cs
        ON_STACK "push ds o16", o16 push ds
        ON_STACK "push es o16", o16 push es
        ON_STACK "push ss o16", o16 push ss
        ON_STACK "push fs o16", o16 push fs
        ON_STACK "push gs o16", o16 push gs
        ON_STACK "push word mem", push word [BUF2+0x51]
        ON_STACK "push dword mem", push dword [BUF2+0x51]
        ON_STACK "push dword [esp+4]", push dword [esp+4]
        ON_STACK "push word [esp]", push word [esp]
        ON_STACK "push r (ff /6)", {db 0xff, 0xf0}
        ON_STACK "pop ax", pop ax
        ON_STACK "pop ecx", pop ecx
        ON_STACK "pop sp", {pop sp}
        ON_STACK "pop esp", {pop esp}
        ON_STACK "pop r (8f /0)", {db 0x8f, 0xc0}
        ON_STACK "pop word mem", pop word [BUF2+0x51]
        ON_STACK "pop dword mem", pop dword [BUF2+0x51]
        ON_STACK "pop dword [esp]", pop dword [esp]
        ON_STACK "pop dword [esp+8]", pop dword [esp+8]
        ON_STACK "pop word [esp+8]", pop word [esp+8]
        ON_STACK "pushaw", pushaw
        ON_STACK "pushad", pushad
        IN_REG i_ebx, 0x11
        SHOW S_EAX|S_ECX|S_EDX|S_EBX|S_ESI|S_EDI|S_EBP|S_X0
        ON_STACK "popaw", {popaw}
        ON_STACK "popad", {popad}
        BEGIN "leave o16"
        mov [v_tmp], esp
        mov esp, BUF2+0x40
        o16 leave
        mov [s_x0], esp
        mov esp, [v_tmp]
        END
        BEGIN "leave o32"
        mov [v_tmp], esp
        mov esp, BUF2+0x40
        o32 leave
        mov [s_x0], esp
        mov esp, [v_tmp]
        END
%assign level 0
%rep 6
        BEGIN "enter 16, level"
        mov [v_tmp], esp
        mov esp, BUF2+0x40
        o16 enter 8, level
        mov [s_x0], esp
        mov esp, [v_tmp]
        END
        BEGIN "enter o32"
        mov [v_tmp], esp
        mov esp, BUF2+0x40
        o32 enter 5, level
        mov [s_x0], esp
        mov esp, [v_tmp]
        END
  %assign level level+1
%endrep
        BEGIN "enter level 33 (taken mod 32)"
        mov [v_tmp], esp
        mov esp, BUF2+0x40
        enter 0x20, 33
        mov [s_x0], esp
        mov esp, [v_tmp]
        END

; flags
        SHOW I_FL|S_FL|S_X0
        FLAGS_IN fl_vals
        SHOW_MEM 0, 0
        BEGIN "pushfd"
        pushfd
        pop dword [s_x0]
        END
        BEGIN "pushfw"
        mov dword [s_x0], 0
        pushfw
        pop word [s_x0]
        END
        BEGIN "popfd/popfw of eax-table"
        mov eax, [i_fl]
        and eax, 0x47fd7
        push dword 0x8d7
        popfd
        push eax
        popfd
        pushfd
        pop dword [s_x0]
        END
        BEGIN "popfw leaves the upper half"
        push dword 0x40000
        popfd
        mov eax, [i_fl]
        push ax
        popfw
        pushfd
        pop dword [s_x0]
        push dword 2
        popfd
        END
        FLAGS_IN one_flags

; segment registers from the stack
        SHOW S_X0|S_X1
%macro POPSEG 2
        BEGIN %1
        mov eax, %2
        push eax
        o32 pop %2
        mov [s_x1], %2
        mov [s_x0], eax
        END
%endmacro
        POPSEG "pop ds", ds
        POPSEG "pop es", es
        POPSEG "pop fs", fs
        POPSEG "pop gs", gs

%if MODE == 16
; stack pointers at the edges of the segment; ESP's upper half with a 16-bit stack
%macro EDGE 3+
        BEGIN %1
        mov [v_tmp], esp
        mov eax, 0x1000
        mov ss, ax
        mov esp, %2
        %3
        mov [s_x0], esp
        mov ax, 0
        mov ss, ax
        mov esp, [v_tmp]
        END
%endmacro
        SHOW S_ECX|S_X0
        SHOW_MEM 0x1fff0, 16
        EDGE "push at sp=0", 0, push word 0x1234
        EDGE "push dword at sp=0", 0, push dword 0x12345678
        EDGE "push dword at sp=0, upper half kept", 0xabcd0000, push dword 0x12345679
        EDGE "push word at sp=2, upper half kept", 0xabcd0002, push word 0x567a
        EDGE "pop word at sp=fffe", 0xabcdfffe, pop cx
        EDGE "pop dword at sp=fffc", 0xabcdfffc, pop ecx
        SHOW S_REGS|S_X0
        EDGE "pusha at sp=10", 0x10010, pushaw
        EDGE "popa at sp=fff0", 0xfff0, popaw
        EDGE "enter at sp=0", 0x10000, {enter 4, 1}
%else
        SHOW S_ECX|S_X0
; a 16-bit stack segment used by 32-bit code
%macro EDGE 3+
        BEGIN %1
        mov [v_tmp], esp
        mov ax, SEL_DATA16
        mov ss, ax
        mov esp, %2
        %3
        mov [s_x0], esp
        mov ax, SEL_DATA
        mov ss, ax
        mov esp, [v_tmp]
        END
%endmacro
        SHOW_MEM 0xfff0, 16
        EDGE "16-bit stack: push eax", 0xabcd9040, push dword 0x12345678
        EDGE "16-bit stack: push at sp=0", 0xabcd0000, push dword 0x12345679
        EDGE "16-bit stack: push word at sp=0", 0xabcd0000, push word 0x7654
        EDGE "16-bit stack: pop ecx", 0xabcdfffc, pop ecx
        EDGE "16-bit stack: push [esp]", 0x00009040, push dword [esp]
        EDGE "16-bit stack: call and ret", 0x77770000, call nothing
        IN_REG i_ebp, 0x66669080
        BEFORE nothing
        SHOW S_EBP|S_X0
        EDGE "16-bit stack: enter 8, 0", 0x77779100, {enter 8, 0}
        EDGE "16-bit stack: enter 8, 2", 0x77779100, {enter 8, 2}
        EDGE "16-bit stack: leave", 0x77770000, leave
        EDGE "16-bit stack: leave o16", 0x77770000, o16 leave
        SHOW S_REGS|S_X0
        EDGE "16-bit stack: pushad", 0x77770020, pushad
        EDGE "16-bit stack: popad", 0x7777ffe0, popad
        EDGE "16-bit stack: pushf", 0x77770000, pushfd
%endif
        FINISH
