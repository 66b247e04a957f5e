; Every ModRM byte and every SIB byte, 16-bit and 32-bit addressing, all displacement sizes, and which
; segment each one uses. `lea` shows the offset, a load through the same bytes shows the segment.
%include "lib.inc"

; Each segment register gets a base of its own; the dwords at equal offsets tell them apart.
set_mem:
        cld
        mov edi, BUF-0x200
        mov eax, 0x01020304
.more:  mov [edi], eax
        add eax, 0x01010101
        add edi, 4
        cmp edi, 0xfe00
        jb .more
        ret

%if MODE == 32
  %define SEG_A SEL_FREE
  %define SEG_B SEL_FREE+8
%else
  %define SEG_A 2
  %define SEG_B 4
%endif

%macro ONE 2-*          ; address size, modrm, tail bytes...
  %defstr %%text address: %{1:-1}
        BEGIN %%text
  %if MODE == 16 && %1 == 16
        db 0x66, 0x8d, %2 | 0x10
        db %{3:-1}
        mov [s_x0], edx
        mov edx, [i_edx]
        db 0x66, 0x8b, %2 | 0x08
        db %{3:-1}
        mov [s_x1], ecx
        mov ecx, [i_ecx]
        db 0x64, 0x66, 0x8b, %2
        db %{3:-1}
  %elif MODE == 16
        db 0x67, 0x66, 0x8d, %2 | 0x10
        db %{3:-1}
        mov [s_x0], edx
        mov edx, [i_edx]
        db 0x67, 0x66, 0x8b, %2 | 0x08
        db %{3:-1}
        mov [s_x1], ecx
        mov ecx, [i_ecx]
        db 0x65, 0x67, 0x66, 0x8b, %2
        db %{3:-1}
  %elif %1 == 16
        db 0x67, 0x8d, %2 | 0x10
        db %{3:-1}
        mov [s_x0], edx
        mov edx, [i_edx]
        db 0x67, 0x8b, %2 | 0x08
        db %{3:-1}
        mov [s_x1], ecx
        mov ecx, [i_ecx]
        db 0x64, 0x67, 0x8b, %2
        db %{3:-1}
  %else
        db 0x8d, %2 | 0x10
        db %{3:-1}
        mov [s_x0], edx
        mov edx, [i_edx]
        db 0x8b, %2 | 0x08
        db %{3:-1}
        mov [s_x1], ecx
        mov ecx, [i_ecx]
        db 0x65, 0x8b, %2
        db %{3:-1}
  %endif
        END
%endmacro

; loads use the default segment, whose base must be seen: DS has base 0x20 during the case, SS 0
before:
        mov dword [i_fl], 2
        mov ax, SEG_A
        mov fs, ax
        mov ax, SEG_B
        mov gs, ax
        ret

main:
%if MODE == 32
        DESCRIPTOR SEG_A, 0x20, 0xfffff, 0x93, 0xc
        DESCRIPTOR SEG_B, 0x40, 0xfffff, 0x93, 0xc
%endif
        call set_mem
        BEFORE before
        SHOW S_EAX|S_X0|S_X1
        NOTE "16-bit addresses, mod 0"
        IN_REG i_eax, 0x100
        IN_REG i_ebx, 0x11118004
        IN_REG i_esi, 0x22220018
        IN_REG i_edi, 0x33330028
        IN_REG i_ebp, 0x44448010
%assign rm 0
%rep 8
  %if rm == 6
        ONE 16, 6, 0x34, 0x81
  %elif rm == 4 || rm == 5
  %else
        ONE 16, rm, 0x90
  %endif
        ONE 16, 0x40 | rm, 0x7c
        ONE 16, 0x40 | rm, 0x80
        ONE 16, 0x80 | rm, 0x23, 0x01
        ONE 16, 0x80 | rm, 0xf0, 0xff
  %assign rm rm+1
%endrep
        IN_REG i_esi, 0x22228018
        IN_REG i_edi, 0x33338028
        ONE 16, 4, 0x90
        ONE 16, 5, 0x90
        IN_REG i_ebx, 0x1111f004
        IN_REG i_ebp, 0x4444ff10
        NOTE "16-bit addresses that wrap"
        ONE 16, 0, 0x90
        ONE 16, 3, 0x90
        ONE 16, 0x42, 0x10
        ONE 16, 0x87, 0x00, 0x90

        NOTE "32-bit addresses"
        A_VALUES eax_vals
        B_VALUES ecx_vals
        C_VALUES edx_vals
        IN_REG i_ebx, BUF+4
        IN_REG i_esi, BUF+0x18
        IN_REG i_edi, BUF+0x28
        IN_REG i_ebp, BUF+0x30
%assign rm 0
%rep 8
  %if rm == 4
  %elif rm == 5
        ONE 32, 5, 0x34, 0x81, 0, 0
  %else
        ONE 32, rm, 0x90
  %endif
  %if rm != 4
        ONE 32, 0x40 | rm, 0x7c
        ONE 32, 0x40 | rm, 0x81
        ONE 32, 0x80 | rm, 0x23, 0x01, 0, 0
        ONE 32, 0x80 | rm, 0xf0, 0xff, 0xff, 0xff
  %endif
  %assign rm rm+1
%endrep
        NOTE "SIB"
        A_VALUES small_a
        B_VALUES small_c
        C_VALUES small_d
        IN_REG i_ebx, 0x44
        IN_REG i_esi, 0x58
        IN_REG i_edi, 0x68
        IN_REG i_ebp, 0x74
%assign sib 0
%rep 256
        ONE 32, 0x84, sib, 0x00, 0x80, 0, 0
  %if (sib & 7) == 5
        ONE 32, 0x04, sib, 0x10, 0x80, 0, 0
  %endif
  %if sib % 7 == 0 && (sib & 7) != 5 && (sib & 7) != 4
        IN_REG i_ebx, BUF+4
        IN_REG i_esi, BUF+8
        IN_REG i_edi, BUF+12
        IN_REG i_ebp, BUF+16
        A_VALUES big_a
        B_VALUES big_c
        C_VALUES big_d
   %if (sib >> 6) == 0 && ((sib >> 3) & 7) == 4
        ONE 32, 0x04, sib
        ONE 32, 0x44, sib, 0x70
   %endif
        A_VALUES small_a
        B_VALUES small_c
        C_VALUES small_d
        IN_REG i_ebx, 0x44
        IN_REG i_esi, 0x58
        IN_REG i_edi, 0x68
        IN_REG i_ebp, 0x74
  %endif
  %assign sib sib+1
%endrep
        ONE 32, 0x04, 0x24, 0x90
        ONE 32, 0x44, 0x24, 0x04

        NOTE "which segment: DS has base 0x20, SS 0 (32: 0x20, 0)"
        BEFORE nothing
        SHOW S_EDX
        IN_REG i_ebx, BUF
        IN_REG i_esi, 0
        IN_REG i_edi, 0
        IN_REG i_ebp, BUF
        A_VALUES one_zero
        B_VALUES one_zero
        C_VALUES one_zero
%macro SEGMENT 1+
  %defstr %%text %1
        BEGIN %%text
        mov ax, SEG_A
        mov ds, ax
        mov ax, SEG_B
        mov es, ax
        mov fs, ax
        mov edx, %1
        mov ax, ss
        mov ds, ax
        mov es, ax
        mov fs, ax
        END
%endmacro
        SEGMENT [bx]
        SEGMENT [bx+si]
        SEGMENT [bp+si]
        SEGMENT [bp+di]
        SEGMENT [bp]
        SEGMENT [bp+4]
        SEGMENT [a16 BUF]
        SEGMENT [ebx]
        SEGMENT [ebp]
        SEGMENT [ebp+4]
        SEGMENT [esp]
        SEGMENT [ebx+ebp*1]
        SEGMENT [nosplit ebp*1+4]
        SEGMENT [nosplit ebp*1]
        SEGMENT [ebp+ebx*1-BUF]
        SEGMENT [esp+esi]
        SEGMENT [a32 BUF]
        SEGMENT [es:ebx]
        SEGMENT [es:bp]
        SEGMENT [ds:ebp]
        SEGMENT [ds:bp]
        SEGMENT [ss:bx]
        SEGMENT [fs:esp]
        SEGMENT [cs:ebx]
        BEGIN "two overrides: the last one counts"
        mov ax, SEG_A
        mov ds, ax
        mov ax, SEG_B
        mov es, ax
        db 0x26, 0x3e
        mov edx, [ebp]
        mov cx, ss
        mov ds, cx
        mov es, cx
        END
        NOTE "moffs with overrides"
        SHOW S_EAX
        BEGIN "mov al/eax, fs:moffs"
        mov cx, SEG_B
        mov fs, cx
        mov eax, [fs:BUF]
        mov al, [fs:BUF+0x11]
        mov cx, ss
        mov fs, cx
        END
        FINISH

VALUES eax_vals, BUF+0x100
VALUES ecx_vals, BUF+0x204
VALUES edx_vals, BUF+0x308
VALUES small_a, 0x10
VALUES small_c, 0x24
VALUES small_d, 0x38
VALUES big_a, BUF+20
VALUES big_c, BUF+24
VALUES big_d, BUF+28
