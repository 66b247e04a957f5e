; jcc short and near, loop loope loopne jcxz, jmp call ret in near, far, direct and indirect forms.
%include "lib.inc"

  [section .tab]
        align 4
cond_flags: dd 32
  %assign n 0
  %rep 32
        dd 2 | (n & 1) | ((n & 2) << 1) | ((n & 4) << 4) | ((n & 8) << 4) | ((n & 16) << 7)
    %assign n n+1
  %endrep
  __SECT__

VALUES cx_vals, 0, 1, 2, 0x10000, 0x10001, 0xffff0000, 0x2ffff
VALUES loop_flags, 2, 0x42

%macro JCC 1
  %defstr %%text j%1 short and near
        BEGIN %%text
        mov al, 1
        j%1 short %%taken
        mov al, 0
%%taken:
        mov ah, 1
        j%1 near %%taken2
        mov ah, 0
%%taken2:
        END
%endmacro
%macro LOOPS 2+                 ; counts the rounds in eax; ends after at most 5
        BEGIN %1
        xor eax, eax
        push dword [i_fl]
        popfd
        jmp short %%start
%%body: lea eax, [eax+1]
        cmp eax, 5
        je %%out
        push dword [i_fl]
        popfd
%%start:
        %2 %%body
%%out:
        END
%endmacro

main:
        FLAGS_IN cond_flags
        SHOW I_FL|S_EAX|S_FL
        JCC o
        JCC no
        JCC b
        JCC ae
        JCC e
        JCC ne
        JCC be
        JCC a
        JCC s
        JCC ns
        JCC pe
        JCC po
        JCC l
        JCC ge
        JCC le
        JCC g

        FLAGS_IN loop_flags
        B_VALUES cx_vals
        SHOW I_ECX|I_FL|S_EAX|S_ECX|S_FL
        LOOPS "loop", loop
        LOOPS "loope", loope
        LOOPS "loopne", loopne
        LOOPS "a16 loop", a16 loop
        LOOPS "a32 loop", a32 loop
        LOOPS "a16 loope", a16 loope
        LOOPS "a32 loopne", a32 loopne
        LOOPS "jcxz", jcxz
        LOOPS "jecxz", jecxz
        FLAGS_IN one_flags
        B_VALUES one_zero

        SHOW S_EAX|S_ECX|S_EDX|S_ESP|S_FL|S_X0|S_X1
        BEGIN "jmp short and near, forward and back"
        xor eax, eax
        jmp short .a
.b:     or al, 2
        jmp near .c
.a:     or al, 1
        jmp short .b
        times 200 hlt
.c:     or al, 4
        END
        BEGIN "jmp r, jmp m"
        xor eax, eax
        mov ecx, .a
%if MODE == 16
        jmp cx
        hlt
.a:     or al, 1
        mov ecx, .b
        jmp ecx
        hlt
.b:     or al, 2
        mov word [BUF], .c
        jmp word [BUF]
        hlt
.c:     or al, 4
        mov dword [BUF], .d
        mov ebx, BUF
        jmp dword [ebx]
        hlt
.d:     or al, 8
%else
        jmp ecx
        hlt
.a:     or al, 1
        mov ecx, .b + 0xffff0000
        jmp cx                  ; the upper half is dropped
        hlt
.b:     or al, 2
        mov dword [BUF], .c
        jmp dword [BUF]
        hlt
.c:     or al, 4
        mov dword [BUF], .d + 0x12340000
        mov ebx, BUF
        jmp word [ebx]
        hlt
.d:     or al, 8
%endif
        END
        BEGIN "call near and what it pushes"
        mov ebx, esp
        call .f
        mov [s_x1], esp
        jmp .end
.f:     mov [s_x0], esp
        sub [s_x0], ebx
        pop ecx
        push ecx
        ret
.end:
        END
        BEGIN "call r/m near, ret n"
        push dword 0x11223344
        push dword 0x55667788
        mov eax, .f
%if MODE == 16
        call ax
%else
        call eax
%endif
        mov [BUF], eax
        push dword 0x11223344
        call [BUF]
        jmp .end
.f:     mov [s_x0], esp
%if MODE == 16
        movzx esp, sp
        mov ecx, [esp+2]
%else
        mov ecx, [esp+4]
%endif
        ret 4
.end:   add esp, 4
        END
        BEGIN "call near o-size of the other kind"
        mov ebx, esp
%if MODE == 16
        call dword .f
%else
        call word .f
%endif
        jmp .end
.f:     mov [s_x0], esp
        sub [s_x0], ebx
%if MODE == 16
        o32 ret
%else
        o16 ret
%endif
.end:
        END
%if MODE == 16
%define OFF word
%define SEGV 0xf000
%else
%define OFF dword
%define SEGV SEL_CODE
%endif
        BEGIN "jmp far direct"
        mov eax, 1
        jmp SEGV:.a
        hlt
.a:     inc eax
        END
        BEGIN "jmp far indirect"
        mov eax, 1
%if MODE == 16
        mov word [BUF], .a
        mov word [BUF+2], 0xf000
        jmp far word [BUF]
        hlt
.a:     inc eax
        mov dword [BUF], .b
        mov word [BUF+4], 0xf000
        jmp far dword [BUF]
        hlt
.b:     inc eax
        jmp 0xf000:dword .c
        hlt
.c:     inc eax
%else
        mov dword [BUF], .a
        mov word [BUF+4], SEL_CODE
        jmp far dword [BUF]
        hlt
.a:     inc eax
        mov word [BUF], .b
        mov word [BUF+2], SEL_CODE
        jmp far word [BUF]
        hlt
.b:     inc eax
        jmp SEL_FLAT:.c + 0xf0000
        hlt
.c:     inc eax
        mov [s_x1], cs
        jmp SEL_CODE:.d
.d:     inc eax
        jmp SEL_CODE16:.e
        bits 16
.e:     inc ax
        jmp SEL_CODE:dword .f
        bits 32
.f:     inc eax
%endif
        END
        BEGIN "call far direct and indirect, retf, retf n"
        mov ebx, esp
        call SEGV:.f
        mov [s_x1], esp
        sub [s_x1], ebx
%if MODE == 16
        mov word [BUF], .g
        mov word [BUF+2], SEGV
        push ax
        call far word [BUF]
        call 0xf000:dword .h
%else
        mov dword [BUF], .g
        mov word [BUF+4], SEGV
        push ax
        call far dword [BUF]
        call .i
%endif
        jmp .end
.f:     mov [s_x0], esp
        sub [s_x0], ebx
        mov ecx, [ss:esp]
        retf
.g:     mov eax, 0x4711
        retf 2
%if MODE == 16
.h:     mov ecx, [ss:esp]
        mov edx, [ss:esp+4]
        o32 retf
%else
.h:     mov ecx, [esp]
        o16 retf
.i:     push cs                 ; a 16-bit far return
        pop eax
        pop ecx
        push ax
        push cx
        o16 retf
%endif
.end:
        END
%if MODE == 16
        BEGIN "cs:ip of another alias of the same code"
        jmp 0xf010:.a - 0x100
        hlt
.a:     mov eax, cs
        jmp 0xf000:.b
.b:
        END
%endif
        FINISH
