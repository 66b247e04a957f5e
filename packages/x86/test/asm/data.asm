; mov in all its forms, movzx movsx xchg xlat lea cmovcc setcc cmpxchg cmpxchg8b xadd, flag instructions.
%include "lib.inc"

VALUES a_vals, 0, 0x81, 0x8182, 0x81828384, 0xffffffff, 0x7f7f7f7f
VALUES b_vals, 0, 0x81828384, 0x12345678, 0xff

; every combination of the five conditions' flags
  [section .tab]
        align 4
cond_flags: dd 32
  %assign n 0
  %rep 32
        dd 2 | (n & 1) | ((n & 2) << 1) | ((n & 4) << 4) | ((n & 8) << 4) | ((n & 16) << 7)
    %assign n n+1
  %endrep
  __SECT__

set_mem:
        mov eax, [i_eax]
        mov [BUF], eax
        mov dword [BUF+4], 0x5a6b7c8d
        mov dword [BUF+8], 0
        mov dword [i_ebx], BUF
        ret
set_table:
        mov edi, BUF
        mov al, 0x3c
        mov ecx, 256
.more:  mov [edi], al
        add al, 7
        inc edi
        loop .more
        mov dword [i_ebx], BUF
        ret

%macro CONDITIONS 1
  %1 o
  %1 no
  %1 b
  %1 ae
  %1 e
  %1 ne
  %1 be
  %1 a
  %1 s
  %1 ns
  %1 pe
  %1 po
  %1 l
  %1 ge
  %1 le
  %1 g
%endmacro
%macro SETS 1
        CASE set%1 al
        CASE set%1 ch
        CASE set%1 [BUF]
%endmacro
%macro CMOVS 1
        CASE cmov%1 ax, cx
        CASE cmov%1 eax, ecx
        CASE cmov%1 eax, [BUF+4]
%endmacro
%macro MOVRR 2-*
  %rep %0/2
        CASE mov %1, %2
    %rotate 2
  %endrep
%endmacro
%macro MOVIMM 1-*
  %rep %0
        CASE mov %1, 0x9a
    %rotate 1
  %endrep
%endmacro

main:
        A_VALUES a_vals
        FLAGS_IN two_flags
        SHOW I_EAX|I_ECX|I_FL|S_REGS|S_FL
        MOVRR al,ah, ah,al, cl,al, al,ch, ch,ah, bl,dh, dh,bl, bh,al
        MOVRR ax,cx, cx,ax, si,di, bp,bx, dx,ax, di,ax, bx,si
        MOVRR eax,ecx, ecx,eax, esi,edi, ebp,ebx, edx,eax, edi,eax, ebx,esi, esi,ebp
        A_VALUES one_zero
        MOVIMM al,cl,dl,bl,ah,ch,dh,bh,ax,cx,dx,bx,si,di,bp,eax,ecx,edx,ebx,esi,edi,ebp
        NAMED "mov r8,imm (c6 form)", db 0xc6, 0xc5, 0x77
        NAMED "mov r,imm (c7 form)", mov dword ecx, strict dword 0x12345678
        A_VALUES a_vals
        BEFORE set_mem
        SHOW_MEM BUF, 12
        CASE mov al, [BUF]
        CASE mov ax, [BUF+1]
        CASE mov eax, [BUF+1]
        CASE mov [BUF+8], al
        CASE mov [BUF+8], ax
        CASE mov [BUF+8], eax
        CASE mov [ebx+9], ah
        CASE mov cl, [ebx+2]
        CASE mov cx, [ebx+2]
        CASE mov ecx, [ebx+2]
        CASE mov dh, [ebx+2]
        CASE mov [ebx+8], bl
        CASE mov [ebx+8], bp
        CASE mov [ebx+8], ebp
        CASE mov byte [ebx+8], 0x99
        CASE mov word [ebx+8], 0x9988
        CASE mov dword [ebx+8], 0x99887766
        CASE mov al, [a32 BUF+3]
        CASE movzx cx, al
        CASE movzx ecx, al
        CASE movzx ecx, ah
        CASE movzx ecx, ax
        CASE movsx cx, al
        CASE movsx ecx, al
        CASE movsx ecx, ah
        CASE movsx ecx, ax
        CASE movzx cx, byte [BUF+1]
        CASE movzx ecx, byte [BUF+1]
        CASE movzx ecx, word [BUF+1]
        CASE movsx cx, byte [BUF+1]
        CASE movsx ecx, byte [BUF+1]
        CASE movsx ecx, word [BUF+1]
        NAMED "movzx r16,rm16 (0f b7 in 16 bit)", db 0x0f, 0xb7, 0xc8
        NAMED "movsx r16,rm16 (66 0f bf)", db 0x66, 0x0f, 0xbf, 0xc8
        B_VALUES b_vals
        CASE xchg al, cl
        CASE xchg ah, cl
        CASE xchg ax, cx
        CASE xchg eax, ecx
        CASE xchg cx, dx
        CASE xchg edx, ecx
        CASE xchg ebp, eax
        CASE xchg [BUF], cl
        CASE xchg [BUF+1], cx
        CASE xchg ecx, [BUF+3]
        CASE xadd al, cl
        CASE xadd cx, ax
        CASE xadd eax, ecx
        CASE xadd eax, eax
        CASE xadd [BUF], cl
        CASE xadd [BUF], cx
        CASE xadd [BUF], ecx
        CASE lock xadd [BUF+1], ecx
        C_VALUES b_vals
        SHOW I_EAX|I_ECX|I_EDX|I_FL|S_EAX|S_ECX|S_FL
        CASE cmpxchg cl, dl
        CASE cmpxchg cx, dx
        CASE cmpxchg ecx, edx
        CASE cmpxchg [BUF], dl
        CASE cmpxchg [BUF], dx
        CASE cmpxchg [BUF], edx
        CASE cmpxchg [BUF+4], ecx
        CASE lock cmpxchg [BUF], edx
        C_VALUES c8_vals
        SHOW I_EAX|I_ECX|I_EDX|I_FL|S_EAX|S_ECX|S_EDX|S_EBX|S_FL
        CASE cmpxchg8b [BUF]
        CASE lock cmpxchg8b [ebx]
        C_VALUES one_zero
        B_VALUES one_zero
        SHOW_MEM 0, 0

        BEFORE set_table
        SHOW I_EAX|S_EAX|S_FL
        CASE xlatb
        CASE a32 xlatb
        NAMED "a16 xlatb", a16 xlatb

        BEFORE nothing
        A_VALUES one_zero
        SHOW S_REGS|S_FL
        IN_REG i_ebx, 0x1b0b1234
        IN_REG i_esi, 0x1000fff0
        IN_REG i_edi, 0x00000030
        IN_REG i_ebp, 0x20001111
        CASE lea ax, [bx+si]
        CASE lea eax, [bx+si]
        CASE lea ax, [ebx+esi]
        CASE lea eax, [ebx+esi]
        CASE lea eax, [ebx+esi*8+0x1234567]
        CASE lea ecx, [bp+di-1]
        CASE lea ecx, [ebp+edi*4-1]
        CASE lea cx, [edi*4-1]
        CASE lea esi, [esi+esi*4]
        CASE lea edi, [a32 0x12345678]
        CASE lea di, [a16 0x1234]

        FLAGS_IN cond_flags
        A_VALUES one_c
        BEFORE set_mem
        SHOW I_FL|S_EAX|S_ECX|S_FL
        CONDITIONS CMOVS
        SHOW_MEM BUF, 2
        CONDITIONS SETS
        SHOW_MEM 0, 0
        BEFORE nothing

        FLAGS_IN two_flags
        SHOW I_EAX|I_FL|S_EAX|S_FL
        CASE clc
        CASE stc
        CASE cmc
        CASE cld
        CASE lahf
        A_VALUES a_vals
        CASE sahf
        NAMED "std", {std}
        CASE nop
        NAMED "salc (d6)", db 0xd6
        FINISH

VALUES one_c, 0xaabbccdd
VALUES c8_vals, 0x5a6b7c8d, 0
