; add adc sub sbb cmp inc dec neg mul imul div idiv, in every encoding and operand size.
%include "lib.inc"

VALUES a_vals, 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x12345678, 0x0f0f8899
VALUES b_vals, 0, 1, 0x0f, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x87654321
VALUES few,    0, 0x8f, 0x7f80, 0xffff8000, 0x12345678, 0xffffffff
VALUES div_hi, 0, 1, 0x7f, 0x3f, 0x7fffffff, 0xffffffff, 0x80000001
VALUES div_lo, 0, 1, 100, 0xff, 0x4000, 0x8000, 0xff80, 0x0100, 0xffffffff, 0x80000000, 0x12345678
VALUES div_by, 0, 1, 3, 0x80, 0xff, 0x7fff, 0xffff, 0x80000000, 0xffffffff

set_mem:
        mov eax, [i_eax]
        mov [BUF], eax
        mov dword [BUF+4], 0x5a5a5a5a
        ret


; name, opcode base (8-bit r/m,r), group-1 index
%macro ARITH 3
        FLAGS_IN carry_flags
        A_VALUES a_vals
        B_VALUES b_vals
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_FL
        CASE %1 al, cl
        CASE %1 ax, cx
        CASE %1 eax, ecx
        FLAGS_IN two_flags
        A_VALUES few
        B_VALUES few
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_ECX|S_FL
        CASE %1 ah, cl
        CASE %1 al, ch
        CASE %1 ch, ah
        NAMED "op r8,rm8", db %2+2, 0xc1         ; al, cl
  %if MODE == 16
        NAMED "op r16,rm16", db %2+3, 0xc1
        NAMED "op r32,rm32", db 0x66, %2+3, 0xc1
  %else
        NAMED "op r16,rm16", db 0x66, %2+3, 0xc1
        NAMED "op r32,rm32", db %2+3, 0xc1
  %endif
        SHOW_MEM BUF, 8
        BEFORE set_mem
        CASE %1 [BUF], cl
        CASE %1 [BUF], cx
        CASE %1 [BUF], ecx
        CASE %1 [BUF+1], ecx
        CASE %1 cl, [BUF]
        CASE %1 cx, [BUF]
        CASE %1 ecx, [BUF]
        B_VALUES one_zero
        CASE %1 byte [BUF], 0x80
        CASE %1 word [BUF], 0x8001
        CASE %1 dword [BUF], 0x80000001
        CASE %1 word [BUF], byte -2
        CASE %1 dword [BUF], byte -128
        SHOW_MEM 0, 0
        BEFORE nothing
        A_VALUES a_vals
        CASE %1 al, 0x7f
        CASE %1 ax, 0x7fff
        CASE %1 eax, 0x7fffffff
        NAMED "op bl,imm8 (80)", db 0x80, 0xc0 | (%3 << 3), 0x81
        NAMED "op bl,imm8 (82)", db 0x82, 0xc0 | (%3 << 3), 0x81
        CASE %1 ax, byte -1
        CASE %1 eax, byte 0x7f
%endmacro

%macro UNARY 1
        FLAGS_IN carry_flags
        A_VALUES a_vals
        B_VALUES one_zero
        SHOW I_EAX|I_FL|S_EAX|S_FL
        CASE %1 al
        CASE %1 ah
        CASE %1 ax
        CASE %1 eax
        SHOW I_EAX|I_FL|S_FL
        SHOW_MEM BUF, 8
        BEFORE set_mem
        CASE %1 byte [BUF]
        CASE %1 word [BUF]
        CASE %1 dword [BUF]
        CASE %1 dword [BUF+3]
        SHOW_MEM 0, 0
        BEFORE nothing
%endmacro

main:
        ARITH add, 0x00, 0
        ARITH adc, 0x10, 2
        ARITH sub, 0x28, 5
        ARITH sbb, 0x18, 3
        ARITH cmp, 0x38, 7
        UNARY inc
        UNARY dec
        UNARY neg
        FLAGS_IN two_flags
        A_VALUES a_vals
        SHOW I_EAX|I_FL|S_EAX|S_FL
%if MODE == 16
        NAMED "inc ax (fe/ff form)", db 0xff, 0xc0
        NAMED "dec eax (fe/ff form)", db 0x66, 0xff, 0xc8
%else
        NAMED "inc eax (fe/ff form)", db 0xff, 0xc0
        NAMED "dec ax (fe/ff form)", db 0x66, 0xff, 0xc8
%endif

        A_VALUES a_vals
        B_VALUES b_vals
        C_VALUES few_one
        FLAGS_IN two_flags
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_EDX|S_FL
        CASE mul cl
        CASE mul cx
        CASE mul ecx
        CASE imul cl
        CASE imul cx
        CASE imul ecx
        CASE imul ax, cx
        CASE imul eax, ecx
        B_VALUES one_zero
        CASE imul dx, ax, 0x7fff
        CASE imul dx, ax, -3
        CASE imul edx, eax, 0x12345
        CASE imul edx, eax, -128
        BEFORE set_mem
        B_VALUES few
        CASE mul byte [BUF]
        CASE mul dword [BUF]
        CASE imul word [BUF+1]
        CASE imul ecx, [BUF], 77
        CASE imul cx, [BUF]
        BEFORE nothing

        A_VALUES div_lo
        B_VALUES div_by
        C_VALUES div_hi
        FLAGS_IN two_flags
        SHOW I_EAX|I_ECX|I_EDX|I_FL|S_EAX|S_EDX|S_FL|S_VEC|S_EIP
        C_VALUES one_zero
        CASE div cl
        CASE idiv cl
        C_VALUES div_hi
        FLAGS_IN one_flags
        CASE div cx
        CASE idiv cx
        CASE div ecx
        CASE idiv ecx
        FINISH

VALUES few_one, 0xeeeeeeee
