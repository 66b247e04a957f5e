; and or xor test not, in every encoding and operand size.
%include "lib.inc"

VALUES a_vals, 0, 1, 0x80, 0xff, 0x8000, 0xffff, 0x80000000, 0xffffffff, 0x12345678, 0x0f0f8899
VALUES b_vals, 0, 0x0f, 0x80, 0xff, 0x8000, 0xffff00ff, 0x80000000, 0xffffffff, 0x87654321

set_mem:
        mov eax, [i_eax]
        mov [BUF], eax
        mov dword [BUF+4], 0x5a5a5a5a
        ret

; name, opcode base, group-1 index
%macro LOGIC 3
        FLAGS_IN two_flags
        A_VALUES a_vals
        B_VALUES b_vals
        SHOW I_EAX|I_ECX|I_FL|S_EAX|S_ECX|S_FL
        CASE %1 al, cl
        CASE %1 ax, cx
        CASE %1 eax, ecx
        CASE %1 ah, ch
        CASE %1 cl, ah
        NAMED "op r8,rm8", db %2+2, 0xc1
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
        CASE %1 [BUF+1], ecx
        CASE %1 cl, [BUF]
        CASE %1 cx, [BUF]
        CASE %1 ecx, [BUF]
        B_VALUES one_zero
        CASE %1 byte [BUF], 0x81
        CASE %1 word [BUF], 0x8001
        CASE %1 dword [BUF], 0x80000001
        CASE %1 word [BUF], byte -2
        CASE %1 dword [BUF], byte -128
        SHOW_MEM 0, 0
        BEFORE nothing
        CASE %1 al, 0x7f
        CASE %1 ax, 0x7ff0
        CASE %1 eax, 0x7ffffff0
        NAMED "op al,imm8 (82)", db 0x82, 0xc0 | (%3 << 3), 0x81
        CASE %1 ax, byte -16
        CASE %1 eax, byte 0x7f
        CASE %1 eax, eax
%endmacro

main:
        LOGIC and, 0x20, 4
        LOGIC or, 0x08, 1
        LOGIC xor, 0x30, 6
        B_VALUES b_vals
        CASE test al, cl
        CASE test ah, ch
        CASE test ax, cx
        CASE test eax, ecx
        B_VALUES one_zero
        CASE test al, 0x81
        CASE test ax, 0x8001
        CASE test eax, 0x80000001
        CASE test ah, 0x70
        BEFORE set_mem
        CASE test byte [BUF], 0xf0
        CASE test word [BUF], 0xff00
        CASE test dword [BUF], 0xffff0000
        SHOW_MEM BUF, 8
        CASE not al
        CASE not ah
        CASE not ax
        CASE not eax
        CASE not byte [BUF]
        CASE not word [BUF+1]
        CASE not dword [BUF]
        FINISH
